package io.howdah.cli.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What the user asked for. Immutable.
///
/// @param length how long faults are done
/// @param seed decides them
/// @param kinds what may be done
/// @param report the report's files without their endings
/// @param keepTables whether the tables stay though all is well
/// @param howdah this program's version
public record ChaosOptions(
        Duration length,
        long seed,
        List<FaultKind> kinds,
        Path report,
        boolean keepTables,
        String howdah) {

    /// Copies the kinds.
    public ChaosOptions {
        kinds = List.copyOf(kinds);
    }
}

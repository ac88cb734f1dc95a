package io.howdah.backup.drill;

import java.nio.file.Path;
import java.util.List;

/// What a drill does. Immutable.
///
/// @param scratch where the copy goes; of the drill alone, deleted before and after
/// @param goals what it has to achieve
/// @param assertions what has to be true of the copy
/// @param keep whether the copy stays there, stopped
/// @param workers how many threads write files, 1 to 64
public record DrillRequest(
        Path scratch, DrillGoals goals, List<Assertion> assertions, boolean keep, int workers) {

    public DrillRequest {
        scratch = scratch.toAbsolutePath().normalize();
        assertions = List.copyOf(assertions);
    }

    /// Where the data directory is.
    Path data() {
        return scratch.resolve("data");
    }

    /// Where a tablespace is.
    Path tablespace(long oid) {
        return scratch.resolve("tablespace-" + oid);
    }
}

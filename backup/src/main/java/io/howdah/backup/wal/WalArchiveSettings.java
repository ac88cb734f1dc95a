package io.howdah.backup.wal;

import io.howdah.postgres.wire.SqlIdentifier;
import java.nio.file.Path;
import java.time.Duration;

/// How WAL is archived. Immutable.
///
/// @param slot the physical slot that keeps WAL on the server until every repository has it; made
///   where there is none
/// @param flush how long WAL that has come may wait for more before it is put as a piece; positive
/// @param directory for what has come and is not in every repository yet: the archiver's alone, and
///   emptied by it
/// @param level of zstd, 1 to 19
public record WalArchiveSettings(SqlIdentifier slot, Duration flush, Path directory, int level) {

    /// How long WAL waits when nothing else is said.
    public static final Duration DEFAULT_FLUSH = Duration.ofSeconds(1);

    /// Fast; WAL shrinks to a fraction all the same.
    public static final int DEFAULT_LEVEL = 1;

    /// @throws IllegalArgumentException when a value is out of its range
    public WalArchiveSettings {
        if (!flush.isPositive()) {
            throw new IllegalArgumentException("not how long WAL may wait: " + flush);
        }
        if (level < 1 || level > 19) {
            throw new IllegalArgumentException("not a level of zstd: " + level);
        }
    }
}

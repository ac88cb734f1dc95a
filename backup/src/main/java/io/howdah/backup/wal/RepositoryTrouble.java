package io.howdah.backup.wal;

import java.time.Duration;
import java.time.Instant;

/// Why WAL does not come into a repository. Immutable.
///
/// @param repository where it lies, without secrets
/// @param since when that was noticed, by this machine's clock
/// @param age how long ago that was, by a clock that is not set
/// @param problem what was said last, with a HINT where there is one
public record RepositoryTrouble(String repository, Instant since, Duration age, String problem) {}

package io.howdah.postgres.wire;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.List;

/// A finished base backup. Immutable.
///
/// @param start where replay of the copy begins
/// @param end up to where it must be replayed before the copy is consistent
/// @param timeline the timeline of both
/// @param bytes the size of all files, without the manifest
/// @param files how many there are
/// @param directories what was filled: the target, then a directory for each tablespace
public record BaseBackupResult(
        Lsn start, Lsn end, TimelineId timeline, long bytes, int files, List<Path> directories) {

    public BaseBackupResult {
        directories = List.copyOf(directories);
    }
}

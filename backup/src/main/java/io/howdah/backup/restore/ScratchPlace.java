package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/// A directory for a copy that is looked at and then deleted, with its tablespaces. Immutable.
///
/// @param directory of that copy alone
public record ScratchPlace(Path directory) {

    public ScratchPlace {
        directory = directory.toAbsolutePath().normalize();
    }

    /// Where the data directory is.
    public Path data() {
        return directory.resolve("data");
    }

    /// Where a backup's tablespaces go, by where they were.
    public Map<Path, Path> tablespaces(BackupRecord backup) {
        return backup.tablespaces().stream()
                .collect(
                        Collectors.toMap(
                                each -> Path.of(each.location()),
                                (Tablespace each) ->
                                        directory.resolve("tablespace-" + each.oid())));
    }

    /// Stops the copy's server in order, where one runs, and deletes all.
    ///
    /// @param user who runs it
    public void clear(OperatingSystemUser user) {
        Restoring.stop(new DataDirectory(data(), user));
        new DurableFiles(user).deleteTree(directory);
    }
}

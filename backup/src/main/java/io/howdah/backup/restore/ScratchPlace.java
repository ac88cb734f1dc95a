package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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

    /// Makes it, for its user alone: where everybody may write, as in `/var/tmp`, others see
    /// nothing of what is copied, and nobody has put anything there before.
    ///
    /// @param user whom it is given to
    /// @throws BackupException when there is something of that name
    public void make(OperatingSystemUser user) {
        try {
            Path parent = directory.getParent();
            if (parent != null) {
                Files.createDirectories(parent);
            }
            Path _ =
                    Files.createDirectory(
                            directory,
                            PosixFilePermissions.asFileAttribute(
                                    PosixFilePermissions.fromString("rwx------")));
            user.own(directory);
        } catch (FileAlreadyExistsException e) {
            throw new BackupException(
                    "there is something at " + e.getFile() + " already, where the copy would go",
                    "delete it if it is nobody's, or name another place with --scratch",
                    e);
        } catch (IOException e) {
            throw new BackupException(
                    "cannot make " + directory + ", where the copy would go: " + e,
                    "name another place with --scratch",
                    e);
        }
    }

    /// Stops the copy's server in order, where one runs, and deletes all.
    ///
    /// @param user who runs it
    public void clear(OperatingSystemUser user) {
        Restoring.stop(new DataDirectory(data(), user));
        new DurableFiles(user).deleteTree(directory);
    }
}

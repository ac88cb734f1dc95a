package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Set;

/// Takes out of a restore's way what would have it write somewhere else: a link that an operator,
/// or whoever else may write to the directory, has put in the place of a file or a directory of the
/// backup. The restore may be root's, who may write anywhere.
///
/// @param files deletes what is in the way
record ClearWay(DurableFiles files) {

    /// What a server may have on another disk, behind a link: it begins empty in every copy.
    private static final Set<String> MAY_LIE_ELSEWHERE = Set.of("pg_wal", "pg_stat_tmp");

    /// Leaves a file in a place, or nothing.
    void toFile(Path path) {
        if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
            files.deleteTree(path);
        }
    }

    /// Leaves a directory in a place, or nothing. Links to what may lie elsewhere stay where they
    /// lead to a directory of the server's own user.
    ///
    /// @param name of the directory in the backup
    /// @throws BackupException when such a link leads to another user's directory, or to none
    void toDirectory(String name, Path path) {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (MAY_LIE_ELSEWHERE.contains(name) && Files.isSymbolicLink(path)) {
            requireThere(path);
            requireOwn(path);
            return;
        }
        files.deleteTree(path);
    }

    private static void requireThere(Path link) {
        if (!Files.isDirectory(link)) {
            throw new BackupException(
                    link + " is a link to a directory that is not there",
                    "mount the disk that it leads to, or make the directory; or delete the link, to"
                            + " have what belongs there in the data directory");
        }
    }

    private void requireOwn(Path link) {
        try {
            String owner = Files.getOwner(link).getName();
            if (!owner.equals(files.owner().name())) {
                throw new BackupException(
                        link
                                + " is a link to "
                                + Files.readSymbolicLink(link)
                                + ", which belongs to the user "
                                + owner
                                + ", not to "
                                + files.owner().name()
                                + ", who runs PostgreSQL",
                        "what lies there would be replaced: delete the link, or, if it is right, give"
                                + " the directory to that user");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + link, e);
        }
    }
}

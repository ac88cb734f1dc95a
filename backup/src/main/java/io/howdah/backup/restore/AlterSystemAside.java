package io.howdah.backup.restore;

import io.howdah.postgres.DurableFiles;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/// What `ALTER SYSTEM` has set lies beside while a restored server recovers: none of it is meant
/// for a recovery, which a delay would hold up for hours, and a start of ours takes out of the file
/// what it may not have. It comes back as it was backed up. Where a kill comes in between, the
/// directory's mark is still there, and the next try writes the file anew.
///
/// @param data the data directory
/// @param folder in the same file system
record AlterSystemAside(Path data, Path folder, DurableFiles files) {

    private static final String FILE = "postgresql.auto.conf";

    void put() {
        move(data, folder);
    }

    /// Before this restore hands the directory over.
    void bringBack() {
        move(folder, data);
    }

    private void move(Path from, Path to) {
        Path file = from.resolve(FILE);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            files.rename(file, to.resolve(FILE));
        }
    }
}

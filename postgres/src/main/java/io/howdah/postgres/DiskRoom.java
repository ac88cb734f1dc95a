package io.howdah.postgres;

import io.howdah.postgres.process.FileCount;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Whether the volumes below some directories take what PostgreSQL has to write next.
public final class DiskRoom {

    /// Two WAL files: one to close, one to begin.
    private static final long NEEDED_BYTES = 32L << 20;

    /// The same in files, with those that a start makes besides.
    private static final int NEEDED_FILES = 32;

    private static final String READ_ONLY_HINT =
            "look at the kernel's log for errors of its disk, and mount it writable; then start this node again";

    private DiskRoom() {}

    /// What is wrong with the first volume that has something wrong: a fact and a HINT. Directories
    /// that are missing count with the one above them.
    public static Optional<String> obstacle(List<Path> directories) {
        return directories.stream().flatMap(each -> obstacle(each).stream()).findFirst();
    }

    /// Refuses a read-only volume before anything is tried on it.
    ///
    /// @throws PostgresException when it is one
    public static void requireWritable(Path directory) {
        try {
            if (MountTable.isReadOnly(existing(directory))) {
                throw new PostgresException(
                        "the volume of " + directory + " is read-only", READ_ONLY_HINT);
            }
        } catch (IOException e) {
            throw new PostgresException(
                    "the volume of " + directory + " cannot be looked at: " + e.getMessage(),
                    "see that it is mounted and that its disk works",
                    e);
        }
    }

    private static Optional<String> obstacle(Path directory) {
        try {
            Path there = existing(directory);
            FileStore store = Files.getFileStore(there);
            if (MountTable.isReadOnly(there)) {
                return Optional.of(
                        "the volume of "
                                + directory
                                + " is read-only"
                                + "\nHINT: "
                                + READ_ONLY_HINT);
            }
            return store.getUsableSpace() < NEEDED_BYTES
                    ? Optional.of(full(directory, store))
                    : tooManyFiles(directory, FileCount.of(there));
        } catch (IOException e) {
            return Optional.of(
                    "the volume of "
                            + directory
                            + " cannot be looked at: "
                            + e.getMessage()
                            + "\nHINT: see that it is mounted and that its disk works");
        }
    }

    private static String full(Path directory, FileStore store) throws IOException {
        return "the volume of "
                + directory
                + " is full: "
                + store.getUsableSpace()
                + " of "
                + store.getTotalSpace()
                + " bytes free"
                + "\nHINT: free "
                + NEEDED_BYTES
                + " bytes or more there; PostgreSQL then goes on by itself";
    }

    private static Optional<String> tooManyFiles(Path directory, FileCount files) {
        return files.isBelow(NEEDED_FILES)
                ? Optional.of(
                        "the volume of "
                                + directory
                                + " takes no more files: "
                                + files.free()
                                + " of "
                                + files.most()
                                + " can be created (inodes)"
                                + "\nHINT: delete files there that are not PostgreSQL's (`df -i` shows the count);"
                                + " PostgreSQL then goes on by itself")
                : Optional.empty();
    }

    /// One that does not answer is not missing.
    private static Path existing(Path directory) {
        Path there = directory;
        while (Files.notExists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there;
    }
}

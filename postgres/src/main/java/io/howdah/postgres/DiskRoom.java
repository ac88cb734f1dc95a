package io.howdah.postgres;

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
            long free = store.getUsableSpace();
            return free >= NEEDED_BYTES
                    ? Optional.empty()
                    : Optional.of(
                            "the volume of "
                                    + directory
                                    + " is full: "
                                    + free
                                    + " of "
                                    + store.getTotalSpace()
                                    + " bytes free"
                                    + "\nHINT: free "
                                    + NEEDED_BYTES
                                    + " bytes or more there; PostgreSQL then goes on by itself");
        } catch (IOException e) {
            return Optional.of(
                    "the volume of "
                            + directory
                            + " cannot be looked at: "
                            + e.getMessage()
                            + "\nHINT: see that it is mounted and that its disk works");
        }
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

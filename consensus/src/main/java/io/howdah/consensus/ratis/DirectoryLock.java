package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/// Makes sure that one store alone uses a directory, until closed or until the process ends.
final class DirectoryLock implements AutoCloseable {

    private final FileChannel channel;

    private DirectoryLock(FileChannel channel) {
        this.channel = channel;
    }

    /// @throws StoreException if another store has it, or it cannot be made
    static DirectoryLock take(Path directory) {
        DirectoryLock lock = tryTake(directory);
        if (lock == null) {
            throw new StoreException(
                    "directory " + directory + " is in use by another process",
                    "stop the other `howdah node`, or give this one a directory of its own.");
        }
        return lock;
    }

    /// Null where another store has it.
    ///
    /// @throws StoreException if it cannot be made
    static @Nullable DirectoryLock tryTake(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(
                            directory.resolve("lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                return null;
            }
            return new DirectoryLock(channel);
        } catch (IOException e) {
            throw new StoreException(
                    "cannot use directory " + directory + ": " + e,
                    "see that it can be written by the user that runs howdah.",
                    e);
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

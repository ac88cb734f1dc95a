package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// That nobody else restores into a directory meanwhile: two would take what each other writes for
/// what an interrupted one has left. A lock on a file in the directory, which the end of the
/// process gives back. To be closed by whoever took it, once.
///
/// The system takes such a lock from a process that closes the file, by whichever descriptor: so
/// while it is held nothing here opens it again.
final class RestoreLock implements AutoCloseable {

    static final String FILE = "howdah-restore.lock";

    private static final int ROUNDS = 20;

    /// The directories that this process restores into.
    private static final Set<Object> OURS = ConcurrentHashMap.newKeySet();

    private final Object directory;
    private final Path file;
    private final DurableFiles files;
    private final FileChannel channel;

    private RestoreLock(Object directory, Path file, DurableFiles files, FileChannel channel) {
        this.directory = directory;
        this.file = file;
        this.files = files;
        this.channel = channel;
    }

    /// @param directory which is there
    /// @throws BackupException when somebody else restores into it
    static RestoreLock take(Path directory, DurableFiles files) {
        Path file = directory.resolve(FILE);
        try {
            Object key = Objects.requireNonNull(key(directory), directory::toString);
            if (!OURS.add(key)) {
                throw runs(directory, ProcessHandle.current().pid() + ", this one");
            }
            FileChannel channel = null;
            try {
                channel = locked(directory, file, files);
                return new RestoreLock(key, file, files, channel);
            } finally {
                if (channel == null) {
                    OURS.remove(key);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot lock " + file, e);
        }
    }

    private static FileChannel locked(Path directory, Path file, DurableFiles files)
            throws IOException {
        // who comes at the end of another one may lock what that one deletes
        for (int round = 0; round < ROUNDS; round++) {
            Object before = key(file);
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            boolean ours = false;
            try {
                Object opened = key(file);
                if (channel.tryLock() == null) {
                    throw runs(directory, text(file));
                }
                if (before != null && before.equals(opened) && before.equals(key(file))) {
                    files.owner().own(file);
                    channel.truncate(0);
                    channel.write(
                            ByteBuffer.wrap(
                                    Long.toString(ProcessHandle.current().pid())
                                            .getBytes(StandardCharsets.US_ASCII)),
                            0);
                    ours = true;
                    return channel;
                }
            } finally {
                if (!ours) {
                    channel.close();
                }
            }
        }
        throw new BackupException(
                "others begin and end to restore into " + directory,
                "try again when they are done");
    }

    private static BackupException runs(Path directory, String process) {
        return new BackupException(
                "another restore runs in " + directory + ": process " + process,
                "wait for its end; restore into another directory to have both");
    }

    /// Which file lies there; null: none.
    private static @Nullable Object key(Path path) throws IOException {
        try {
            return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "not known";
        }
    }

    @Override
    public void close() {
        files.delete(file);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot let go of " + file, e);
        } finally {
            OURS.remove(directory);
        }
    }
}

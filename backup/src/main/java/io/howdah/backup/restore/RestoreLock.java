package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// That nobody else restores into a directory meanwhile: two would take what each other writes for
/// what an interrupted one has left. A lock on a file in the directory, which the end of the
/// process gives back. Not thread-safe.
final class RestoreLock implements AutoCloseable {

    static final String FILE = "howdah-restore.lock";

    private static final int ROUNDS = 20;

    private final Path file;
    private final DurableFiles files;
    private final FileChannel channel;

    private RestoreLock(Path file, DurableFiles files, FileChannel channel) {
        this.file = file;
        this.files = files;
        this.channel = channel;
    }

    /// @param directory which is there
    /// @throws BackupException when somebody else restores into it
    static RestoreLock take(Path directory, DurableFiles files) {
        Path file = directory.resolve(FILE);
        // who waits at the end of another one may lock what that one deletes
        for (int round = 0; round < ROUNDS; round++) {
            try {
                FileChannel channel =
                        FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.READ);
                if (!isLocked(channel)) {
                    channel.close();
                    throw new BackupException(
                            "another restore runs in " + directory + ": process " + holder(file),
                            "wait for its end; restore into another directory to have both");
                }
                files.owner().own(file);
                String nonce = ProcessHandle.current().pid() + " " + UUID.randomUUID();
                channel.truncate(0);
                channel.write(ByteBuffer.wrap(nonce.getBytes(StandardCharsets.UTF_8)), 0);
                if (nonce.equals(text(file))) {
                    return new RestoreLock(file, files, channel);
                }
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot lock " + file, e);
            }
        }
        throw new BackupException(
                "others begin and end to restore into " + directory,
                "try again when they are done");
    }

    private static boolean isLocked(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false; // in this very process
        }
    }

    private static String holder(Path file) throws IOException {
        String text = text(file);
        int space = text.indexOf(' ');
        return space < 0 ? "not known" : text.substring(0, space);
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    @Override
    public void close() {
        files.delete(file);
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot let go of " + file, e);
        }
    }
}

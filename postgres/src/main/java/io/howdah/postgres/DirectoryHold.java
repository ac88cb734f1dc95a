package io.howdah.postgres;

import io.howdah.postgres.process.DirectoryIdentity;
import io.howdah.postgres.process.ProcessTable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.attribute.BasicFileAttributeView;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Keeps hold of the directory that a server works in, wherever it is moved, whatever is mounted
/// over it or put in its place. It is held open: no other directory gets its number meanwhile. So
/// whoever is found to work in it is of that server. Thread-safe.
public final class DirectoryHold {

    private @Nullable DirectoryStream<Path> open;
    private @Nullable DirectoryIdentity held;

    /// Takes hold of the directory in which a process works, unless one is held already.
    ///
    /// @param otherwise its path, for where the kernel does not let us see that
    public synchronized void take(long pid, Path otherwise) {
        if (held == null && !takes(ProcessTable.workingDirectory(pid))) {
            take(otherwise);
        }
    }

    /// Takes hold of a directory, unless one is held already, or it cannot be opened.
    public synchronized void take(Path directory) {
        boolean _ = held != null || takes(directory);
    }

    @SuppressWarnings("StreamResourceLeak") // it stays open: that is what holds
    private boolean takes(Path directory) {
        try {
            DirectoryStream<Path> opened = Files.newDirectoryStream(directory);
            open = opened;
            if (opened instanceof SecureDirectoryStream<Path> itself) {
                Object key =
                        itself.getFileAttributeView(BasicFileAttributeView.class)
                                .readAttributes()
                                .fileKey();
                held = new DirectoryIdentity(key, directory.toRealPath());
            }
            return true;
        } catch (IOException e) {
            release();
            return false;
        }
    }

    /// Lets go: nobody works there any more.
    public synchronized void release() {
        DirectoryStream<Path> closing = open;
        open = null;
        held = null;
        if (closing != null) {
            try {
                closing.close();
            } catch (IOException e) {
                // it was only read: nothing is lost
                return;
            }
        }
    }

    /// What is held.
    public synchronized Optional<DirectoryIdentity> identity() {
        return Optional.ofNullable(held);
    }

    /// Whether something is held to which this path does not lead.
    ///
    /// @throws PostgresException when the path's file system does not say
    public boolean isElsewhereThan(Path directory) {
        return identity()
                .filter(held -> DirectoryIdentity.of(directory).filter(held::isSameAs).isEmpty())
                .isPresent();
    }
}

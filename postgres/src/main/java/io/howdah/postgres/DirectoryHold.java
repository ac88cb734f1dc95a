package io.howdah.postgres;

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
    private @Nullable Object key;

    /// Takes hold of the directory in which a process works, unless one is held already.
    ///
    /// @param otherwise its path, for where the kernel does not let us see that
    public synchronized void take(long pid, Path otherwise) {
        if (key == null && !takes(ProcessTable.workingDirectory(pid))) {
            take(otherwise);
        }
    }

    /// Takes hold of a directory, unless one is held already, or it cannot be opened.
    public synchronized void take(Path directory) {
        boolean _ = key != null || takes(directory);
    }

    @SuppressWarnings("StreamResourceLeak") // it stays open: that is what holds
    private boolean takes(Path directory) {
        try {
            DirectoryStream<Path> opened = Files.newDirectoryStream(directory);
            open = opened;
            key =
                    opened instanceof SecureDirectoryStream<Path> itself
                            ? itself.getFileAttributeView(BasicFileAttributeView.class)
                                    .readAttributes()
                                    .fileKey()
                            : null;
            return true;
        } catch (IOException e) {
            release();
            return false;
        }
    }

    /// Lets go: nobody works there any more.
    public synchronized void release() {
        DirectoryStream<Path> held = open;
        open = null;
        key = null;
        if (held != null) {
            try {
                held.close();
            } catch (IOException e) {
                // it was only read: nothing is lost
                return;
            }
        }
    }

    /// The number of what is held, as `ProcessTable.identity` has it.
    public synchronized Optional<Object> key() {
        return Optional.ofNullable(key);
    }

    /// Whether something is held to which this path does not lead.
    public boolean isElsewhereThan(Path directory) {
        Optional<Object> held = key();
        return held.isPresent() && !held.equals(ProcessTable.identity(directory));
    }
}

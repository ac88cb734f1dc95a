package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/// Held by the one process that runs a demo, and by nobody once that process is gone, however it
/// went.
final class DemoLock {

    /// The lock while it is held.
    static final class Held implements AutoCloseable {
        private final FileChannel channel;

        private Held(FileChannel channel) {
            this.channel = channel;
        }

        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException e) {
                // The system takes the lock back when the process ends, at the latest.
                throw new IllegalStateException("cannot release the demo's lock", e);
            }
        }
    }

    private final Path file;

    DemoLock(Path file) {
        this.file = file;
    }

    /// The lock, unless another process holds it.
    Optional<Held> acquire() {
        try {
            FileChannel channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                channel.close();
                return Optional.empty();
            }
            return Optional.of(new Held(channel));
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot lock " + file + ": " + e, "run as the user that started the demo", e);
        }
    }

    private static boolean tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /// Whether somebody holds it.
    boolean isHeld() {
        if (!Files.exists(file)) {
            return false;
        }
        Optional<Held> held = acquire();
        held.ifPresent(Held::close);
        return held.isEmpty();
    }
}

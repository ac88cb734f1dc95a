package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// The end of a named pipe where messages go in. Writing never waits, whatever the reader does, and
/// touches no disk. Thread-safe except for [#close], which must not run beside another method.
public final class PipeWriter implements AutoCloseable {

    /// What became of a message.
    public enum Written {
        /// It lies in the pipe.
        DONE,
        /// Nobody has the other end open.
        NO_READER,
        /// The reader has read nothing for thousands of messages.
        FULL
    }

    private final int descriptor;

    private PipeWriter(int descriptor) {
        this.descriptor = descriptor;
    }

    /// Opens a pipe that somebody reads.
    ///
    /// @return empty when nobody reads it, or there is none
    /// @throws PostgresException when it may not be opened
    public static Optional<PipeWriter> open(Path pipe) {
        int descriptor = PipeCalls.open(pipe, PipeCalls.WRITE_ONLY);
        if (descriptor >= 0) {
            return Optional.of(new PipeWriter(descriptor));
        }
        if (descriptor == -PipeCalls.NO_SUCH_DEVICE || descriptor == -NativeCalls.NO_SUCH_FILE) {
            return Optional.empty();
        }
        throw new PostgresException(
                "cannot write to " + pipe + " (error " + -descriptor + ")",
                "check the owner of its directory");
    }

    /// Puts one message into the pipe, whole or not at all.
    ///
    /// @param message 1 to 4096 bytes, which the system does not tear apart
    public Written write(byte[] message) {
        int written = PipeCalls.write(descriptor, message);
        if (written == message.length) {
            return Written.DONE;
        }
        return written == -PipeCalls.TRY_AGAIN ? Written.FULL : Written.NO_READER;
    }

    /// Waits until nobody reads any more. Blocks the thread that calls it in the kernel: for
    /// platform threads.
    ///
    /// @return whether that is so
    public boolean awaitNoReader(Duration atMost) {
        short[] happened =
                PipeCalls.poll(new int[] {descriptor}, (short) 0, (int) atMost.toMillis());
        return (happened[0] & PipeCalls.POLL_ERROR) != 0;
    }

    @Override
    public void close() {
        NativeCalls.close(descriptor);
    }
}

package io.howdah.postgres.process;

import io.howdah.postgres.PostgresException;
import java.nio.file.Path;
import java.util.Optional;

/// The end of a named pipe where messages come out, all of one size, and a timer on the boot clock,
/// which counts a suspended machine. What is in the pipe stays there when writers come and go. For
/// one thread; it waits in the kernel and wakes for nothing else.
public final class PipeReader implements AutoCloseable {

    /// Why the wait is over.
    public enum Woken {
        /// There is something to read.
        MESSAGES,
        /// The last writer has closed its end; told once, until another has come.
        WRITERS_GONE,
        /// The time has come.
        TIME
    }

    private final int messageBytes;
    private final int timer;
    private int descriptor;

    private PipeReader(int messageBytes, int descriptor) {
        this.messageBytes = messageBytes;
        this.descriptor = descriptor;
        this.timer = PipeCalls.bootTimer();
    }

    /// Opens a pipe, and makes it where there is none.
    ///
    /// @param messageBytes the size of every message, 1 to 4096
    /// @throws PostgresException when that cannot be
    public static PipeReader open(Path pipe, int messageBytes) {
        int made = PipeCalls.makePipe(pipe);
        if (made < 0 && made != -PipeCalls.EXISTS) {
            throw new PostgresException(
                    "cannot make the named pipe " + pipe + " (error " + -made + ")",
                    "check the directory's owner, and that its file system knows named pipes");
        }
        return new PipeReader(messageBytes, opened(pipe));
    }

    private static int opened(Path pipe) {
        int descriptor = PipeCalls.open(pipe, PipeCalls.READ_ONLY);
        if (descriptor < 0) {
            throw new PostgresException(
                    "cannot read from " + pipe + " (error " + -descriptor + ")",
                    "check the owner of its directory");
        }
        return descriptor;
    }

    /// Waits for a message, for the end of the last writer, or for a moment.
    ///
    /// @param untilNanos the moment on the boot clock; [Long#MAX_VALUE]: no such
    public Woken await(long untilNanos) {
        PipeCalls.setTimer(timer, untilNanos == Long.MAX_VALUE ? 0 : Math.max(1, untilNanos));
        while (true) {
            short[] happened = PipeCalls.poll(new int[] {descriptor, timer}, PipeCalls.POLL_IN, -1);
            if ((happened[0] & PipeCalls.POLL_IN) != 0) {
                return Woken.MESSAGES;
            }
            if (happened[0] != 0) {
                openAgain();
                return Woken.WRITERS_GONE;
            }
            if (happened[1] != 0) {
                return Woken.TIME;
            }
        }
    }

    /// A descriptor says for ever that its writers are gone; a new one begins anew. Never without
    /// one, as what is in the pipe would be lost.
    private void openAgain() {
        int former = descriptor;
        // not by its name, which somebody may have removed
        descriptor = opened(Path.of("/proc/self/fd/" + former));
        NativeCalls.close(former);
    }

    /// The next message, if there is one; does not wait.
    public Optional<byte[]> next() {
        byte[] message = new byte[messageBytes];
        return PipeCalls.read(descriptor, message) == messageBytes
                ? Optional.of(message)
                : Optional.empty();
    }

    @Override
    public void close() {
        NativeCalls.close(descriptor);
        NativeCalls.close(timer);
    }
}

package io.howdah.postgres.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/// A grip on one process that cannot slip to another: a number may be given to a new process once
/// its own has ended, a process descriptor may not. Signals and the wait for its end go through the
/// descriptor; where the kernel has none (before Linux 5.3), the number together with the start
/// time serves, and the wait looks every two milliseconds. Thread-safe, but for a [#close] while
/// another thread is in [#awaitEnd].
public final class ProcessGrip implements AutoCloseable {

    private static final int NONE = -1;
    private static final long LOOK_NANOS = 2_000_000;

    private final long pid;
    private final long startTicks;
    private final int descriptor;
    private boolean closed; // guarded by this

    private ProcessGrip(long pid, long startTicks, int descriptor) {
        this.pid = pid;
        this.startTicks = startTicks;
        this.descriptor = descriptor;
    }

    /// Takes hold of a process.
    ///
    /// @return empty when there is no such process, or only its remains
    public static Optional<ProcessGrip> on(long pid) {
        int descriptor = NativeCalls.openProcess(pid);
        if (descriptor == -NativeCalls.NO_SUCH_PROCESS) {
            return Optional.empty();
        }
        Optional<ProcessEntry> entry = ProcessTable.entry(pid).filter(ProcessEntry::isAlive);
        if (entry.isEmpty()) {
            if (descriptor >= 0) {
                NativeCalls.close(descriptor);
            }
            return Optional.empty();
        }
        return Optional.of(
                new ProcessGrip(pid, entry.get().startTicks(), Math.max(descriptor, NONE)));
    }

    /// Its number.
    public long pid() {
        return pid;
    }

    /// When it started, in clock ticks since the machine did; with the number, its identity.
    public long startTicks() {
        return startTicks;
    }

    /// Sends a signal.
    ///
    /// @return whether there was a process to receive it; false once this is closed
    public synchronized boolean signal(Signal signal) {
        if (closed) {
            return false;
        }
        if (descriptor != NONE) {
            return NativeCalls.signalDescriptor(descriptor, signal.number()) == 0;
        }
        return isAlive() && NativeCalls.kill(pid, signal.number());
    }

    /// Whether it runs still; a zombie does not.
    public boolean isAlive() {
        return ProcessTable.entry(pid)
                .filter(entry -> entry.startTicks() == startTicks)
                .filter(ProcessEntry::isAlive)
                .isPresent();
    }

    /// Waits for its end. Blocks the thread that calls it in the kernel: for platform threads.
    ///
    /// @param atMost 0 to a day
    /// @return whether it has ended
    public boolean awaitEnd(Duration atMost) {
        long deadline = System.nanoTime() + atMost.toNanos();
        while (isAlive()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            if (descriptor == NONE) {
                LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
            } else {
                // A signal to our own process may end the wait early: hence the loop.
                NativeCalls.awaitReadable(descriptor, (int) (left / 1_000_000) + 1);
            }
        }
        return true;
    }

    @Override
    public synchronized void close() {
        if (!closed && descriptor != NONE) {
            NativeCalls.close(descriptor);
        }
        closed = true;
    }
}

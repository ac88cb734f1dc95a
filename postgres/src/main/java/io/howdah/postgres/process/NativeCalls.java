package io.howdah.postgres.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// The few calls of the operating system that the JDK has no API for. Thread-safe.
final class NativeCalls {

    static final int NO_SUCH_FILE = 2;
    static final int NO_SUCH_PROCESS = 3;
    static final int INTERRUPTED = 4;

    /// The same on all of Linux' newer calls, whatever the processor.
    private static final long PIDFD_SEND_SIGNAL = 424;

    private static final long PIDFD_OPEN = 434;
    private static final short POLL_IN = 1;

    private static final MethodHandle SYSCALL =
            CFunctions.findWithErrno(
                    "syscall",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1));
    private static final MethodHandle POLL = CFunctions.find("poll", CFunctions.POLL);
    private static final MethodHandle CLOSE =
            CFunctions.find(
                    "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle KILL =
            CFunctions.find(
                    "kill",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETFSUID =
            CFunctions.find(
                    "setfsuid", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETFSGID =
            CFunctions.find(
                    "setfsgid", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private NativeCalls() {}

    /// A file descriptor for a process, or the negated errno.
    static int openProcess(long pid) {
        return syscall(PIDFD_OPEN, pid, 0);
    }

    /// Signals the process behind a descriptor: 0, or the negated errno.
    static int signalDescriptor(int descriptor, int signal) {
        return syscall(PIDFD_SEND_SIGNAL, descriptor, signal);
    }

    private static int syscall(long number, long first, long second) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            long answer = (long) SYSCALL.invokeExact(errno, number, first, second, 0L, 0L);
            return CFunctions.answerOrErrno(errno, answer);
        } catch (Throwable e) {
            throw new IllegalStateException("system call " + number + " failed", e);
        }
    }

    /// Whether a descriptor became readable within that time.
    static boolean awaitReadable(int descriptor, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment poll = arena.allocate(8, 4);
            poll.set(ValueLayout.JAVA_INT, 0, descriptor);
            poll.set(ValueLayout.JAVA_SHORT, 4, POLL_IN);
            return (int) POLL.invokeExact(poll, 1L, millis) > 0;
        } catch (Throwable e) {
            throw new IllegalStateException("poll failed", e);
        }
    }

    static void close(int descriptor) {
        try {
            int _ = (int) CLOSE.invokeExact(descriptor);
        } catch (Throwable e) {
            throw new IllegalStateException("close failed", e);
        }
    }

    /// Signals a process by its number: whether there was one that we may signal.
    static boolean kill(long pid, int signal) {
        try {
            return (int) KILL.invokeExact((int) pid, signal) == 0;
        } catch (Throwable e) {
            throw new IllegalStateException("kill failed", e);
        }
    }

    /// Makes the calling thread, and it alone, look at files as another user. Only for a platform
    /// thread that ends afterwards.
    static void lookAtFilesAs(long uid, long gid) {
        try {
            int _ = (int) SETFSGID.invokeExact((int) gid);
            int _ = (int) SETFSUID.invokeExact((int) uid);
        } catch (Throwable e) {
            throw new IllegalStateException("setfsuid failed", e);
        }
    }
}

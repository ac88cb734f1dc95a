package io.howdah.postgres.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/// The few calls of the operating system that the JDK has no API for. Thread-safe.
final class NativeCalls {

    static final int NO_SUCH_FILE = 2;
    static final int NO_SUCH_PROCESS = 3;
    static final int INTERRUPTED = 4;

    /// The same on all of Linux' newer calls, whatever the processor.
    private static final long PIDFD_SEND_SIGNAL = 424;

    private static final long PIDFD_OPEN = 434;
    private static final short POLL_IN = 1;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle SYSCALL =
            find(
                    "syscall",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG),
                    Linker.Option.firstVariadicArg(1),
                    Linker.Option.captureCallState("errno"));
    private static final MethodHandle POLL =
            find(
                    "poll",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            find("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle KILL =
            find(
                    "kill",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETFSUID =
            find("setfsuid", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle SETFSGID =
            find("setfsgid", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private NativeCalls() {}

    @SuppressWarnings("restricted")
    private static MethodHandle find(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /// A file descriptor for a process, or the negated errno.
    static int openProcess(long pid) {
        return (int) syscall(PIDFD_OPEN, pid, 0);
    }

    /// Signals the process behind a descriptor: 0, or the negated errno.
    static int signalDescriptor(int descriptor, int signal) {
        return (int) syscall(PIDFD_SEND_SIGNAL, descriptor, signal);
    }

    private static long syscall(long number, long first, long second) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment captured = arena.allocate(CAPTURED);
            long result = (long) SYSCALL.invokeExact(captured, number, first, second, 0L, 0L);
            return result >= 0 ? result : -(int) ERRNO.get(captured, 0L);
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

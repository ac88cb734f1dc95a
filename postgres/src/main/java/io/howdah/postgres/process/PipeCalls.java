package io.howdah.postgres.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// The operating system's calls for named pipes and for timers on the boot clock. Answers are those
/// of C, with the negated errno in place of -1. Thread-safe.
final class PipeCalls {

    static final int TRY_AGAIN = 11;
    static final int EXISTS = 17;
    static final int NO_SUCH_DEVICE = 6;

    static final int READ_ONLY = 0;
    static final int WRITE_ONLY = 1;

    static final short POLL_IN = 1;
    static final short POLL_ERROR = 8;

    // the same on x86-64 and on 64-bit ARM
    private static final int NON_BLOCKING = 0x800;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int CLOCK_BOOTTIME = 7;
    private static final int ABSOLUTE = 1;
    private static final int OWNER_ONLY = 0600;
    private static final long NANOS_PER_SECOND = 1_000_000_000;

    private static final MethodHandle MAKE_PIPE =
            CFunctions.findWithErrno(
                    "mkfifo",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle OPEN =
            CFunctions.findWithErrno(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = CFunctions.findWithErrno("read", TRANSFER);
    private static final MethodHandle WRITE = CFunctions.findWithErrno("write", TRANSFER);
    private static final MethodHandle POLL = CFunctions.findWithErrno("poll", CFunctions.POLL);
    private static final MethodHandle TIMER_CREATE =
            CFunctions.findWithErrno(
                    "timerfd_create",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle TIMER_SET =
            CFunctions.findWithErrno(
                    "timerfd_settime",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.ADDRESS,
                            ValueLayout.ADDRESS));

    private PipeCalls() {}

    /// Makes a named pipe that nobody else may open: 0, or the negated errno.
    static int makePipe(Path path) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment name = arena.allocateFrom(path.toString());
            return CFunctions.answerOrErrno(
                    errno, (int) MAKE_PIPE.invokeExact(errno, name, OWNER_ONLY));
        } catch (Throwable e) {
            throw new IllegalStateException("mkfifo failed", e);
        }
    }

    /// Opens without waiting for the other end: a descriptor, or the negated errno.
    static int open(Path path, int direction) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment name = arena.allocateFrom(path.toString());
            int flags = direction | NON_BLOCKING | CLOSE_ON_EXEC;
            return CFunctions.answerOrErrno(errno, (int) OPEN.invokeExact(errno, name, flags));
        } catch (Throwable e) {
            throw new IllegalStateException("open failed", e);
        }
    }

    /// How many bytes were read: 0 when nobody writes any more; or the negated errno.
    static int read(int descriptor, byte[] into) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment buffer = arena.allocate(into.length);
            long length = (long) READ.invokeExact(errno, descriptor, buffer, (long) into.length);
            if (length > 0) {
                MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, 0, (int) length);
            }
            return CFunctions.answerOrErrno(errno, length);
        } catch (Throwable e) {
            throw new IllegalStateException("read failed", e);
        }
    }

    /// How many bytes were written, or the negated errno.
    static int write(int descriptor, byte[] bytes) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment buffer = arena.allocateFrom(ValueLayout.JAVA_BYTE, bytes);
            long length = (long) WRITE.invokeExact(errno, descriptor, buffer, (long) bytes.length);
            return CFunctions.answerOrErrno(errno, length);
        } catch (Throwable e) {
            throw new IllegalStateException("write failed", e);
        }
    }

    /// Waits until something happens at one of the descriptors.
    ///
    /// @param wanted what to wait for at each; errors and hanging up are always told
    /// @param millis -1: for ever
    /// @return what happened at each; nothing at any when the time passed
    static short[] poll(int[] descriptors, short wanted, int millis) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment polls = arena.allocate(8L * descriptors.length, 4);
            for (int i = 0; i < descriptors.length; i++) {
                polls.set(ValueLayout.JAVA_INT, 8L * i, descriptors[i]);
                polls.set(ValueLayout.JAVA_SHORT, 8L * i + 4, wanted);
            }
            int failed =
                    CFunctions.answerOrErrno(
                            errno,
                            (int)
                                    POLL.invokeExact(
                                            errno, polls, (long) descriptors.length, millis));
            if (failed < 0 && failed != -NativeCalls.INTERRUPTED) {
                throw new IllegalStateException("poll failed: errno " + -failed);
            }
            short[] happened = new short[descriptors.length];
            for (int i = 0; failed > 0 && i < happened.length; i++) {
                happened[i] = polls.get(ValueLayout.JAVA_SHORT, 8L * i + 6);
            }
            return happened;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("poll failed", e);
        }
    }

    /// A descriptor that becomes readable when its time comes.
    static int bootTimer() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            int timer =
                    CFunctions.answerOrErrno(
                            errno,
                            (int)
                                    TIMER_CREATE.invokeExact(
                                            errno, CLOCK_BOOTTIME, NON_BLOCKING | CLOSE_ON_EXEC));
            if (timer < 0) {
                throw new IllegalStateException("timerfd_create failed: errno " + -timer);
            }
            return timer;
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("timerfd_create failed", e);
        }
    }

    /// Sets such a timer to one moment; a moment that has passed is told at once.
    ///
    /// @param atNanos on the boot clock; 0 or less: never
    static void setTimer(int timer, long atNanos) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            // no interval, then seconds and nanoseconds of the moment
            MemorySegment times = arena.allocate(32, 8);
            times.set(ValueLayout.JAVA_LONG, 16, Math.max(0, atNanos) / NANOS_PER_SECOND);
            times.set(ValueLayout.JAVA_LONG, 24, Math.max(0, atNanos) % NANOS_PER_SECOND);
            int failed =
                    CFunctions.answerOrErrno(
                            errno,
                            (int)
                                    TIMER_SET.invokeExact(
                                            errno, timer, ABSOLUTE, times, MemorySegment.NULL));
            if (failed < 0) {
                throw new IllegalStateException("timerfd_settime failed: errno " + -failed);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("timerfd_settime failed", e);
        }
    }
}

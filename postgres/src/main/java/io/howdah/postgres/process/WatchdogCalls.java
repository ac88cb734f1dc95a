package io.howdah.postgres.process;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/// The kernel's calls for a watchdog (its `watchdog-api` document). Answers are those of C, with
/// the negated errno in place of -1. Thread-safe.
final class WatchdogCalls {

    static final int BUSY = 16;

    // `_IOR('W', …)` and `_IOWR('W', …)` of linux/watchdog.h; the same on x86-64 and on 64-bit ARM
    private static final int GET_SUPPORT = 0x8028_5700;
    private static final int SET_OPTIONS = 0x8004_5704;
    private static final int SET_TIMEOUT = 0xC004_5706;
    private static final int GET_TIMEOUT = 0x8004_5707;

    private static final int DISABLE_CARD = 1;
    private static final int SUPPORT_BYTES = 40;
    private static final int IDENTITY_OFFSET = 8;
    private static final int IDENTITY_BYTES = 32;

    private static final MethodHandle IOCTL =
            CFunctions.findWithErrno(
                    "ioctl",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.ADDRESS),
                    Linker.Option.firstVariadicArg(2));

    private WatchdogCalls() {}

    /// What the driver calls itself; empty when there is no watchdog behind the descriptor.
    static String identity(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment support = arena.allocate(SUPPORT_BYTES, 4);
            if (call(arena, descriptor, GET_SUPPORT, support) < 0) {
                return "";
            }
            byte[] name =
                    support.asSlice(IDENTITY_OFFSET, IDENTITY_BYTES).toArray(ValueLayout.JAVA_BYTE);
            return new String(name, StandardCharsets.US_ASCII).replace("\0", "").strip();
        }
    }

    /// Has it wait for that many seconds; 0, or the negated errno.
    static int setTimeout(int descriptor, int seconds) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, descriptor, SET_TIMEOUT, number(arena, seconds));
        }
    }

    /// For how many seconds it waits, or the negated errno.
    static int timeout(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment seconds = number(arena, 0);
            int failed = call(arena, descriptor, GET_TIMEOUT, seconds);
            return failed < 0 ? failed : seconds.get(ValueLayout.JAVA_INT, 0);
        }
    }

    /// Stops it: 0, or the negated errno.
    static int disable(int descriptor) {
        try (Arena arena = Arena.ofConfined()) {
            return call(arena, descriptor, SET_OPTIONS, number(arena, DISABLE_CARD));
        }
    }

    private static MemorySegment number(Arena arena, int value) {
        return arena.allocateFrom(ValueLayout.JAVA_INT, value);
    }

    private static int call(Arena arena, int descriptor, int request, MemorySegment argument) {
        MemorySegment errno = CFunctions.errno(arena);
        try {
            return CFunctions.answerOrErrno(
                    errno,
                    (int)
                            IOCTL.invokeExact(
                                    errno, descriptor, Integer.toUnsignedLong(request), argument));
        } catch (Throwable e) {
            throw new IllegalStateException("ioctl failed", e);
        }
    }
}

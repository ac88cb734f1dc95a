package io.howdah.cluster.lease;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/// Linux' CLOCK_BOOTTIME, which counts a suspended machine. Java's `nanoTime` is CLOCK_MONOTONIC,
/// which does not: a holder that slept through its lease would wake up believing in it.
/// Thread-safe.
public final class LinuxBootClock implements BootClock {

    private static final int CLOCK_BOOTTIME = 7;

    private final MethodHandle clockGettime;

    /// @throws IllegalStateException when the C library has no `clock_gettime`
    @SuppressWarnings("restricted")
    public LinuxBootClock() {
        Linker linker = Linker.nativeLinker();
        clockGettime =
                linker.downcallHandle(
                        linker.defaultLookup()
                                .find("clock_gettime")
                                .orElseThrow(() ->
                                        new IllegalStateException(
                                                "the C library has no clock_gettime")),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
    }

    @Override
    public long nanos() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment time = arena.allocate(16, 8);
            int failed = (int) clockGettime.invokeExact(CLOCK_BOOTTIME, time);
            if (failed != 0) {
                throw new IllegalStateException("clock_gettime(CLOCK_BOOTTIME) failed");
            }
            return time.get(ValueLayout.JAVA_LONG, 0) * 1_000_000_000L
                    + time.get(ValueLayout.JAVA_LONG, 8);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("clock_gettime(CLOCK_BOOTTIME) failed", e);
        }
    }
}

package io.howdah.postgres.process;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// How a function of the C library is found, called, and its errno read. Thread-safe.
final class CFunctions {

    private static final Linker LINKER = Linker.nativeLinker();
    private static final String ERRNO_NAME = "errno";
    private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO =
            CAPTURED.varHandle(MemoryLayout.PathElement.groupElement(ERRNO_NAME));

    /// `int poll(struct pollfd *, nfds_t, int)`.
    static final FunctionDescriptor POLL =
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT);

    private CFunctions() {}

    /// A function whose errno is of no interest.
    @SuppressWarnings("restricted")
    static MethodHandle find(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), descriptor, options);
    }

    /// A function that is called with a place for its errno as the first argument.
    static MethodHandle findWithErrno(
            String name, FunctionDescriptor descriptor, Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState(ERRNO_NAME);
        return find(name, descriptor, all);
    }

    /// A place for the errno of one call.
    static MemorySegment errno(SegmentAllocator allocator) {
        return allocator.allocate(CAPTURED);
    }

    /// The answer of a call, or its negated errno where that was -1.
    static int answerOrErrno(MemorySegment errno, long answer) {
        return answer >= 0 ? (int) answer : -(int) ERRNO.get(errno, 0L);
    }
}

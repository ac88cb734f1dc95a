package io.howdah.postgres.process;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;

/// How many files a volume takes, which some decide when they are made (ext4's inodes): without one
/// nothing new can be created, however many bytes are free. Immutable.
///
/// @param most as many as there can be; 0 where that is not fixed (XFS, btrfs)
/// @param free as many as may be created still, without the superuser's reserve
public record FileCount(long most, long free) {

    /// `int statvfs(const char *, struct statvfs *)`.
    private static final MethodHandle STATVFS =
            CFunctions.findWithErrno(
                    "statvfs",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS));

    private static final int STRUCT_BYTES = 256;
    private static final int FILES_OFFSET = 40;
    private static final int FREE_OFFSET = 56;

    /// Of the volume that a file or directory is on.
    ///
    /// @throws IOException when it cannot be looked at
    public static FileCount of(Path there) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment errno = CFunctions.errno(arena);
            MemorySegment result = arena.allocate(STRUCT_BYTES, Long.BYTES);
            int answer =
                    CFunctions.answerOrErrno(
                            errno,
                            (int)
                                    STATVFS.invokeExact(
                                            errno, arena.allocateFrom(there.toString()), result));
            if (answer < 0) {
                throw new IOException(
                        "cannot count the files below " + there + ": error " + -answer);
            }
            return new FileCount(
                    result.get(ValueLayout.JAVA_LONG, FILES_OFFSET),
                    result.get(ValueLayout.JAVA_LONG, FREE_OFFSET));
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("statvfs cannot be called", e);
        }
    }

    /// Whether fewer than so many can be created.
    public boolean isBelow(long needed) {
        return most > 0 && free < needed;
    }
}

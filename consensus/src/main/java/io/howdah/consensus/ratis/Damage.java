package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to say about a storage that cannot be used, and whether that is its own fault.
final class Damage {

    /// What the operating system says where a file is sound but cannot be used now.
    private static final List<String> PASSING =
            List.of(
                    "No space left on device",
                    "Read-only file system",
                    "Permission denied",
                    "Operation not permitted",
                    "Disk quota exceeded",
                    "Too many open files",
                    "Input/output error",
                    "Structure needs cleaning");

    /// Where a failure comes from that the content of the storage has caused.
    private static final List<String> READERS =
            List.of(
                    "org.apache.ratis.server.storage.",
                    "org.apache.ratis.server.raftlog.",
                    DocumentMachine.class.getName(),
                    Identity.class.getName());

    private Damage() {}

    static StoreException of(Path directory, String fact, @Nullable Throwable cause) {
        String obstacle = obstacle(cause);
        if (obstacle != null) {
            return new StoreException(
                    fact + " (" + obstacle + "; " + DiskSpace.of(directory) + ")",
                    "see that there is space in "
                            + directory
                            + " and that the user that runs howdah may write there; what lies"
                            + " there is kept.",
                    cause);
        }
        if (!comesFromReading(cause)) {
            return new StoreException(
                    fact, "mend that and start this node again; the storage is kept.", cause);
        }
        return new DamagedStorageException(
                fact,
                "if the other nodes run, move "
                        + directory
                        + " away and start this node again: it joins as a new peer and loses nothing.",
                cause);
    }

    private static boolean comesFromReading(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            for (StackTraceElement frame : cause.getStackTrace()) {
                if (READERS.stream().anyMatch(frame.getClassName()::startsWith)) {
                    return true;
                }
            }
        }
        return failure == null;
    }

    /// What is in the way, where it is not the content of the files; null where it is.
    private static @Nullable String obstacle(@Nullable Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessDeniedException) {
                return "Permission denied";
            }
            if (cause instanceof OverlappingFileLockException) {
                return "in use by a store that has not ended yet";
            }
            String message = cause.getMessage();
            if (message == null) {
                continue;
            }
            for (String each : PASSING) {
                if (message.contains(each)) {
                    return each;
                }
            }
        }
        return null;
    }
}

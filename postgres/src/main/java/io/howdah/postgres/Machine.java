package io.howdah.postgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// What a server may use of this machine. Immutable.
///
/// @param memoryBytes for this server: the machine's memory (or the container's, where it is
///   limited), divided among the servers that share it
/// @param cores 1 or above
public record Machine(long memoryBytes, int cores) {

    private static final long GUESSED_MEMORY_BYTES = 1L << 30;

    /// @throws IllegalArgumentException when a number is not positive
    public Machine {
        if (memoryBytes <= 0 || cores <= 0) {
            throw new IllegalArgumentException(
                    "not a machine: " + memoryBytes + " bytes, " + cores + " cores");
        }
    }

    /// This machine.
    ///
    /// @param servers by how much its memory is divided: 1, or more where several servers share it,
    ///   or others do
    public static Machine here(int servers) {
        long memory = availableMemoryBytes();
        return new Machine(
                Math.max(1, memory / servers), Runtime.getRuntime().availableProcessors());
    }

    private static long availableMemoryBytes() {
        long memory = GUESSED_MEMORY_BYTES;
        try {
            String total =
                    Files.readAllLines(Path.of("/proc/meminfo")).stream()
                            .filter(line -> line.startsWith("MemTotal:"))
                            .findFirst()
                            .orElse("")
                            .replaceAll("\\D", "");
            if (!total.isEmpty()) {
                memory = Long.parseLong(total) * 1024;
            }
            String limit = Files.readString(Path.of("/sys/fs/cgroup/memory.max")).strip();
            if (limit.matches("\\d{1,18}")) {
                memory = Math.min(memory, Long.parseLong(limit));
            }
        } catch (IOException e) {
            // No limit, or not Linux: what is known so far counts.
            return memory;
        }
        return memory;
    }
}

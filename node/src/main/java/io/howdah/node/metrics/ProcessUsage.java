package io.howdah.node.metrics;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.stream.Stream;

/// What this process uses of the machine. Immutable.
///
/// @param cpuSeconds of all its threads since it started
/// @param residentBytes of memory that it occupies
/// @param heapUsedBytes Java objects, those that nobody needs any more included
/// @param heapMaximumBytes what Java objects may take
/// @param openFiles how many it has open; 0 when that cannot be seen
/// @param threads of the operating system
/// @param startedAtSeconds since 1970
public record ProcessUsage(
        double cpuSeconds,
        long residentBytes,
        long heapUsedBytes,
        long heapMaximumBytes,
        long openFiles,
        long threads,
        double startedAtSeconds) {

    /// As of now. What the operating system does not tell is 0.
    public static ProcessUsage now() {
        ProcessHandle.Info info = ProcessHandle.current().info();
        Runtime runtime = Runtime.getRuntime();
        return new ProcessUsage(
                info.totalCpuDuration().orElse(Duration.ZERO).toNanos() / 1e9,
                status("VmRSS:") * 1024,
                runtime.totalMemory() - runtime.freeMemory(),
                runtime.maxMemory(),
                openFilesNow(),
                status("Threads:"),
                info.startInstant().orElse(Instant.EPOCH).toEpochMilli() / 1e3);
    }

    /// The number in a line of `/proc/self/status`.
    private static long status(String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(name.length()).strip().split(" ", 2)[0])
                    .mapToLong(Long::parseLong)
                    .findFirst()
                    .orElse(0);
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    private static long openFilesNow() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (IOException e) {
            return 0;
        }
    }
}

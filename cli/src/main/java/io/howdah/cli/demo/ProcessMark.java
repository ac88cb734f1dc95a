package io.howdah.cli.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/// A process that can be told from a later one with the same number. Immutable.
///
/// @param pid its number
/// @param started when it started: clock ticks since the machine's start, and which start that was
public record ProcessMark(long pid, String started) {

    /// The process with that number, if there is one that has not ended.
    public static Optional<ProcessMark> of(long pid) {
        return startOf(pid).map(started -> new ProcessMark(pid, started));
    }

    /// Whether this very process still runs. One that has ended and was not yet collected does not.
    public boolean runs() {
        return startOf(pid).filter(started::equals).isPresent();
    }

    /// The process, while it runs.
    public Optional<ProcessHandle> handle() {
        return runs() ? ProcessHandle.of(pid) : Optional.empty();
    }

    private static Optional<String> startOf(long pid) {
        try {
            String stat =
                    Files.readString(
                            Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
            // The second field is the name in parentheses, which may hold anything: count from
            // behind it.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return hasEnded(fields[0], fields[17])
                    ? Optional.empty()
                    : Optional.of(fields[19] + "@" + bootId);
        } catch (IOException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    /// A killed process is a zombie as soon as its first thread has ended; while others have not,
    /// it still holds its files and ports.
    private static boolean hasEnded(String state, String threads) {
        return state.equals("X") || (state.equals("Z") && threads.equals("1"));
    }
}

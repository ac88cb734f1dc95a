package io.howdah.postgres.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Who gets the processor first where it is short (`nice(1)`). A node's agent comes before all else
/// on its machine: it needs little, and must renew its lease also where a hundred sessions want to
/// work. What it starts does not. Thread-safe.
public final class Priority {

    /// What the shipped unit gives an agent (`Nice=`).
    private static final int RAISED = -10;

    /// Of what the system tells of a process, counted from its state on (`proc(5)`).
    private static final int NICE_FIELD = 16;

    private Priority() {}

    /// The command line that runs `command` at the usual priority, where ours is a higher one.
    public static List<String> usual(List<String> command) {
        return usual(command, own());
    }

    static List<String> usual(List<String> command, int own) {
        return own < 0 ? niced(-own, command) : List.copyOf(command);
    }

    /// The command line that runs `command` before others. Only root may: where we are not root the
    /// program says so in its log, and runs as it is.
    public static List<String> raised(List<String> command) {
        return niced(RAISED - own(), command);
    }

    private static List<String> niced(int more, List<String> command) {
        return Stream.concat(Stream.of("nice", "-n", Integer.toString(more)), command.stream())
                .toList();
    }

    /// Ours; 0 where the system does not tell.
    private static int own() {
        try {
            return parse(Files.readString(Path.of("/proc/self/stat"), StandardCharsets.UTF_8));
        } catch (IOException e) {
            return 0;
        }
    }

    /// Reads it from what `/proc/PID/stat` holds. The program's name may hold anything, but comes
    /// before the last parenthesis.
    static int parse(String stat) {
        String[] fields = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        return fields.length > NICE_FIELD ? Integer.parseInt(fields[NICE_FIELD]) : 0;
    }
}

package io.howdah.postgres;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why a server's replay of WAL ended the server, read from what it wrote. Such a server starts,
/// may even answer for a moment, and ends again at the same record. Immutable.
///
/// @param reason a fact
/// @param hint PostgreSQL's own; empty where it has none
public record ReplayFailure(String reason, Optional<String> hint) {

    private static final Pattern END =
            Pattern.compile("startup process \\(PID [0-9]+\\) (?:exited|was terminated)");
    private static final Pattern SERIOUS = Pattern.compile("\\b(?:FATAL|PANIC): +(.*)");
    private static final Pattern HINT = Pattern.compile("\\bHINT: +(.*)");

    /// Empty when the server ended for another reason.
    ///
    /// @param log what the server wrote since it was started
    static Optional<ReplayFailure> of(String log) {
        List<String> lines = log.lines().toList();
        for (int end = lines.size() - 1; end >= 0; end--) {
            if (END.matcher(lines.get(end)).find()) {
                return Optional.of(explained(lines.subList(0, end), lines.get(end)));
            }
        }
        return Optional.empty();
    }

    private static ReplayFailure explained(List<String> before, String end) {
        Optional<String> hint = Optional.empty();
        for (String line : before.reversed()) {
            Matcher own = HINT.matcher(line);
            Matcher serious = SERIOUS.matcher(line);
            if (own.find()) {
                hint = Optional.of(own.group(1));
            } else if (serious.find()) {
                return new ReplayFailure(
                        "PostgreSQL ends while it replays WAL: " + serious.group(1), hint);
            }
        }
        return new ReplayFailure("PostgreSQL ends while it replays WAL: " + end.strip(), hint);
    }
}

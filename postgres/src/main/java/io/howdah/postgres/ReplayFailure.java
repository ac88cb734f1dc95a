package io.howdah.postgres;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Why a server's replay of WAL ended the server, read from what it wrote. Such a server starts,
/// may even answer for a moment, and ends again at the same record. Pure.
final class ReplayFailure {

    private static final Pattern END =
            Pattern.compile("startup process \\(PID [0-9]+\\) (?:exited|was terminated)");
    private static final Pattern SERIOUS = Pattern.compile("\\b(?:FATAL|PANIC): +(.*)");
    private static final Pattern HINT = Pattern.compile("\\bHINT: +(.*)");

    private ReplayFailure() {}

    /// A fact and a HINT; empty when the server ended for another reason.
    ///
    /// @param log what the server wrote since it was started
    static Optional<String> of(String log) {
        List<String> lines = log.lines().toList();
        for (int end = lines.size() - 1; end >= 0; end--) {
            if (END.matcher(lines.get(end)).find()) {
                return Optional.of(explained(lines.subList(0, end), lines.get(end)));
            }
        }
        return Optional.empty();
    }

    private static String explained(List<String> before, String end) {
        String hint = "its log says more; a fresh copy may help: `howdah reinit`";
        for (String line : before.reversed()) {
            Matcher own = HINT.matcher(line);
            Matcher serious = SERIOUS.matcher(line);
            if (own.find()) {
                hint = own.group(1);
            } else if (serious.find()) {
                return "PostgreSQL ends while it replays WAL: "
                        + serious.group(1)
                        + "\nHINT: "
                        + hint;
            }
        }
        return "PostgreSQL ends while it replays WAL: " + end.strip() + "\nHINT: " + hint;
    }
}

package io.howdah.testing.fuzz;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What Jazzer (libFuzzer, which it drives) says of a run. Immutable.
///
/// @param executions inputs that were run
/// @param perSecond of these
/// @param branches places in Howdah's code that were reached, those that inputs branch to
/// @param corpus inputs that each reach something that no other does
public record FuzzFigures(long executions, long perSecond, long branches, long corpus) {

    private static final Pattern PROGRESS =
            Pattern.compile(
                    "(?m)^#(\\d+)\\s+\\w+\\s+cov: (\\d+) ft: \\d+ corp: (\\d+)/\\S+.*exec/s: (\\d+)");
    private static final Pattern EXECUTIONS =
            Pattern.compile("stat::number_of_executed_units:\\s*(\\d+)");
    private static final Pattern PER_SECOND =
            Pattern.compile("stat::average_exec_per_sec:\\s*(\\d+)");

    /// Reads what it has said so far.
    static FuzzFigures of(String said) {
        MatchResult last = null;
        Matcher lines = PROGRESS.matcher(said);
        while (lines.find()) {
            last = lines.toMatchResult();
        }
        if (last == null) {
            return new FuzzFigures(0, 0, 0, 0);
        }
        return new FuzzFigures(
                number(EXECUTIONS, said, last.group(1)),
                number(PER_SECOND, said, last.group(4)),
                Long.parseLong(last.group(2)),
                Long.parseLong(last.group(3)));
    }

    private static long number(Pattern pattern, String said, String otherwise) {
        Matcher found = pattern.matcher(said);
        return Long.parseLong(found.find() ? found.group(1) : otherwise);
    }
}

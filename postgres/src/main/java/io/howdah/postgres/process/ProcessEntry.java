package io.howdah.postgres.process;

/// One line of the process table. Immutable.
///
/// @param pid its number
/// @param parentPid the number of its parent
/// @param state Linux' letter for what it does: `R`, `S`, `D`, `T`, `Z`, ...
/// @param startTicks when it started, in clock ticks since the machine did
public record ProcessEntry(long pid, long parentPid, char state, long startTicks) {

    /// Whether it can still do something: a zombie cannot.
    public boolean isAlive() {
        return state != 'Z' && state != 'X' && state != 'x';
    }

    /// Reads `/proc/PID/stat`; the name in it may hold blanks and parentheses.
    static ProcessEntry parse(String stat) {
        int afterName = stat.lastIndexOf(')') + 2;
        String[] fields = stat.substring(afterName).split(" ", 21);
        return new ProcessEntry(
                Long.parseLong(stat.substring(0, stat.indexOf(' '))),
                Long.parseLong(fields[1]),
                fields[0].charAt(0),
                Long.parseLong(fields[19]));
    }
}

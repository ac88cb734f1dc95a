package io.howdah.cli;

import java.util.List;

/// The command line for tests of other packages.
public final class CommandLines {

    private CommandLines() {}

    /// Reads the arguments of `howdah` and runs nothing.
    ///
    /// @throws RuntimeException when there is no such command or option
    public static void parse(List<String> arguments) {
        Howdah.commandLine().parseArgs(arguments.toArray(String[]::new));
    }
}

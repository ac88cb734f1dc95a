package io.howdah.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/// The command `howdah`.
@Command(name = "howdah", mixinStandardHelpOptions = true)
public final class Howdah {
    Howdah() {}

    /// Runs one command and ends the process with its exit code.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Howdah()).execute(arguments));
    }
}

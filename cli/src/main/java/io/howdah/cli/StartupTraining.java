package io.howdah.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/// What the build runs once to make the start-up cache: whatever a command, or a node, loads at its
/// start. Writes nothing and touches nothing outside of a temporary directory.
final class StartupTraining {

    private StartupTraining() {}

    public static void main(String[] arguments) {
        PrintStream standardOutput = System.out;
        System.setOut(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        try {
            helpTexts();
        } finally {
            System.setOut(standardOutput);
        }
    }

    private static void helpTexts() {
        for (String command : Howdah.commandLine().getSubcommands().keySet()) {
            run(command, "--help");
        }
        run("--help");
        run("--version");
        run("status", "--no-such-option");
        run("status", "--api", "http://127.0.0.1:1");
    }

    private static void run(String... arguments) {
        CommandLine command = Howdah.commandLine();
        command.setErr(new PrintWriter(Writer.nullWriter()));
        command.setOut(new PrintWriter(Writer.nullWriter()));
        command.execute(arguments);
    }
}

package io.howdah.cli;

import io.howdah.cli.demo.DemoFiles;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.node.api.ApiServer;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// What the build runs once to make the start-up cache: whatever a command, or a node, loads at its
/// start. Prints nothing and touches nothing but a temporary directory and a free port of its own.
final class StartupTraining {

    private StartupTraining() {}

    public static void main(String[] arguments) throws IOException {
        PrintStream standardOutput = System.out;
        System.setOut(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        Path directory = Files.createTempDirectory("howdah-training");
        try {
            new LogSettings(LogFormat.TEXT, false).apply();
            LoggerFactory.getLogger(StartupTraining.class).info("training");
            helpTexts();
            node(directory);
        } finally {
            remove(directory);
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
    }

    /// A node's configuration, its API and the commands that ask it.
    private static void node(Path directory) {
        new DemoFiles(new DemoSettings(3, 6500, "embedded", directory)).complete();
        NodeConfiguration configuration =
                NodeConfigurationFile.read(directory.resolve("n1/howdah.yaml"));
        try (var server = new ApiServer("127.0.0.1", 0, new TrainingNode(configuration))) {
            server.start();
            String api = "http://127.0.0.1:" + server.port();
            for (String command : List.of("status", "history", "switchover")) {
                run(command, "--api", api);
                run(command, "--api", api, "--json");
            }
        }
    }

    private static void run(String... arguments) {
        CommandLine command = Howdah.commandLine();
        command.setErr(new PrintWriter(Writer.nullWriter()));
        command.setOut(new PrintWriter(Writer.nullWriter()));
        command.execute(arguments);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

package io.howdah.cli.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Starts this very program again as a process in a session of its own, so that Ctrl-C in the
/// demo's terminal, or its end, does not reach it. Immutable.
///
/// @param nodeCommand what runs `howdah` with a node's options; the arguments follow it
/// @param toolCommand what runs `howdah` with a command's options; the arguments follow it
record NodeLauncher(List<String> nodeCommand, List<String> toolCommand) {

    private static final List<String> OPTIONS_WITHOUT_INSTALLATION =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xmx192m",
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow");

    NodeLauncher {
        nodeCommand = List.copyOf(nodeCommand);
        toolCommand = List.copyOf(toolCommand);
    }

    /// With the Java, the options and the classpath that this process has.
    static NodeLauncher likeThisProcess() {
        String home = System.getProperty("howdah.home");
        return of(home == null ? null : Path.of(home), System.getProperty("java.class.path"));
    }

    /// @param home the installation with the options and the start-up caches; null: none, but
    ///   classes as a build leaves them
    static NodeLauncher of(@Nullable Path home, String classpath) {
        return new NodeLauncher(java(home, "node", classpath), java(home, "command", classpath));
    }

    private static List<String> java(@Nullable Path home, String kind, String classpath) {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        if (home == null) {
            command.addAll(OPTIONS_WITHOUT_INSTALLATION);
        } else {
            command.add("@" + home.resolve(kind + ".options"));
            Path cache = home.resolve(kind + ".aot");
            if (Files.exists(cache)) {
                command.add("-XX:AOTCache=" + cache);
            }
            command.add("-Dhowdah.home=" + home);
        }
        command.addAll(List.of("-cp", classpath, "io.howdah.cli.Howdah"));
        return command;
    }

    /// The same for nodes of a host of its own.
    ///
    /// @param host what runs a program there; the program and its arguments follow
    NodeLauncher on(List<String> host) {
        return new NodeLauncher(
                Stream.concat(host.stream(), nodeCommand.stream()).toList(), toolCommand);
    }

    /// Starts a node, which writes to `log` and keeps it small. Whatever it says before it has a
    /// log goes there too.
    Process startNode(Path configuration, Path log) {
        return start(
                nodeCommand,
                List.of("node", "--config", configuration.toString(), "--log-file", log.toString()),
                log);
    }

    /// Starts any other command, which writes to `log`.
    Process startTool(List<String> arguments, Path log) {
        return start(toolCommand, arguments, log);
    }

    private static Process start(List<String> command, List<String> arguments, Path log) {
        var all = new ArrayList<String>();
        // The child leads no process group yet, so setsid needs no fork: the process keeps its
        // number.
        all.add("setsid");
        all.addAll(command);
        all.addAll(arguments);
        try {
            Files.createDirectories(Objects.requireNonNull(log.getParent()));
            return new ProcessBuilder(all)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + String.join(" ", arguments), e);
        }
    }
}

package io.howdah.cli.demo;

import io.howdah.cli.program.HowdahCommand;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.process.Priority;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/// Starts this very program again as a process in a session of its own, so that Ctrl-C in the
/// demo's terminal, or its end, does not reach it. Immutable.
///
/// @param nodeCommand what runs `howdah` with a node's options; the arguments follow it
/// @param toolCommand what runs `howdah` with a command's options; the arguments follow it
record NodeLauncher(List<String> nodeCommand, List<String> toolCommand) {

    NodeLauncher {
        nodeCommand = List.copyOf(nodeCommand);
        toolCommand = List.copyOf(toolCommand);
    }

    /// With the Java, the options and the classpath that this process has; nodes before all else on
    /// this machine, as their unit has it, where we may.
    static NodeLauncher likeThisProcess() {
        List<String> node = HowdahCommand.likeThisProcess("node");
        boolean root = OperatingSystemUser.ourselves().uid() == 0;
        return new NodeLauncher(
                root ? Priority.raised(node) : node, HowdahCommand.likeThisProcess("command"));
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

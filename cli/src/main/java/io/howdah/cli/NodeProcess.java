package io.howdah.cli;

import io.howdah.cli.program.HowdahCommand;
import io.howdah.node.Node;
import io.howdah.node.beside.BesideCommands;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process as a node: from its start until a signal ends it.
final class NodeProcess {

    private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);

    NodeProcess() {}

    /// Runs the node; returns never, unless it cannot be started. SIGTERM (and SIGINT) closes the
    /// node, and its PostgreSQL with it, and ends the process. SIGUSR1 ends the process and leaves
    /// PostgreSQL as it runs, for a restart.
    void run(Path configurationFile) throws Exception {
        FailedThreads.endTheProcess();
        NodeConfiguration configuration =
                NodeConfigurationFile.read(configurationFile.toAbsolutePath());
        log.info(
                "howdah {} starts as {} of {} (pid {})",
                Version.number(),
                configuration.node(),
                configuration.cluster(),
                ProcessHandle.current().pid());
        var started = new CompletableFuture<Optional<Node>>();
        var leaving = new AtomicBoolean();
        Signals.onArrival(
                "USR1",
                () -> {
                    leaving.set(true);
                    System.exit(0);
                });
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> started.join().ifPresent(node -> end(node, leaving.get())),
                                "stop the node"));
        try {
            started.complete(
                    Optional.of(
                            Node.start(
                                    configuration,
                                    Version.number(),
                                    beside(configuration, configurationFile))));
        } catch (RuntimeException | Error e) {
            // else the end of the process would wait for ever for a node that never came
            started.complete(Optional.empty());
            throw e;
        }
        new CountDownLatch(1).await();
    }

    private static BesideCommands beside(NodeConfiguration configuration, Path file) {
        return new BesideCommands(
                command("proxy", "proxy", BesideFiles.proxy(configuration.directory()), file),
                command(
                        "backup",
                        "backup-worker",
                        BesideFiles.backupWorker(configuration.directory()),
                        file));
    }

    private static List<String> command(String kind, String verb, BesideFiles files, Path file) {
        var command = new ArrayList<>(HowdahCommand.likeThisProcess(kind));
        command.addAll(
                List.of(
                        verb,
                        "--node-config",
                        file.toAbsolutePath().toString(),
                        "--log-file",
                        files.log().toString()));
        return command;
    }

    private static void end(Node node, boolean leaving) {
        log.info(leaving ? "told to leave PostgreSQL running" : "told to stop");
        try {
            if (leaving) {
                node.leave();
            } else {
                node.close();
            }
            log.info("stopped");
        } catch (Exception e) {
            log.error("did not stop in order", e);
        }
    }
}

package io.howdah.cli;

import io.howdah.cli.program.HowdahCommand;
import io.howdah.node.Node;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.node.proxy.ProxyFiles;
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
                                    proxyCommand(configuration, configurationFile))));
        } catch (RuntimeException e) {
            started.complete(Optional.empty());
            throw e;
        }
        new CountDownLatch(1).await();
    }

    private static List<String> proxyCommand(NodeConfiguration configuration, Path file) {
        var command = new ArrayList<>(HowdahCommand.likeThisProcess("proxy"));
        command.addAll(
                List.of(
                        "proxy",
                        "--node-config",
                        file.toAbsolutePath().toString(),
                        "--log-file",
                        new ProxyFiles(configuration.directory()).log().toString()));
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

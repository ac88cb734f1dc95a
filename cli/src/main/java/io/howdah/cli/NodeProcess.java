package io.howdah.cli;

import io.howdah.node.Node;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// This process as a node: from its start until a signal ends it.
final class NodeProcess {

    private static final Logger log = LoggerFactory.getLogger(NodeProcess.class);

    NodeProcess() {}

    /// Runs the node; returns never, unless it cannot be started. SIGTERM (and SIGINT) closes the
    /// node and ends the process.
    void run(Path configurationFile) throws Exception {
        NodeConfiguration configuration =
                NodeConfigurationFile.read(configurationFile.toAbsolutePath());
        log.info(
                "howdah {} starts as {} of {} (pid {})",
                Version.number(),
                configuration.node(),
                configuration.cluster(),
                ProcessHandle.current().pid());
        var started = new CompletableFuture<AutoCloseable>();
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(
                                () -> started.thenAccept(NodeProcess::close).join(),
                                "stop the node"));
        try {
            started.complete(Node.start(configuration, Version.number()));
        } catch (RuntimeException e) {
            started.complete(() -> {});
            throw e;
        }
        new CountDownLatch(1).await();
    }

    private static void close(AutoCloseable node) {
        log.info("told to stop");
        try {
            node.close();
            log.info("stopped");
        } catch (Exception e) {
            log.error("did not stop in order", e);
        }
    }
}

package io.howdah.cli;

import io.howdah.node.backup.BackupWorker;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah backup-worker`.
@Command(
        name = "backup-worker",
        description =
                "Archive the WAL of the node beside which it stands. A node starts it by itself.",
        mixinStandardHelpOptions = true,
        hidden = true,
        footer = {"", "Example:", "  howdah backup-worker --node-config /etc/howdah/howdah.yaml"})
final class BackupWorkerCommand implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(BackupWorkerCommand.class);

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--node-config",
            paramLabel = "FILE",
            required = true,
            description = "The node's howdah.yaml.")
    private Path nodeConfig = Path.of("howdah.yaml");

    @Mixin private LogOptions logOptions = new LogOptions();

    BackupWorkerCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        logOptions.apply(howdah.debug());
        FailedThreads.endTheProcess();
        Optional<BackupWorker> worker =
                BackupWorker.start(
                        NodeConfigurationFile.read(nodeConfig.toAbsolutePath()), Version.number());
        if (worker.isEmpty()) {
            log.info("another worker of this node runs");
            return 0;
        }
        log.info("howdah {} (pid {})", Version.number(), ProcessHandle.current().pid());
        Runtime.getRuntime()
                .addShutdownHook(new Thread(worker.get()::close, "stop the backup worker"));
        new CountDownLatch(1).await();
        return 0;
    }
}

package io.howdah.cli.demo;

import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.cluster.step.Step;
import io.howdah.node.Node;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CountDownLatch;

/// A node's process that ends, as by SIGKILL, at the steps for which a file lies in a directory
/// that all nodes of a cluster share. Whoever reaches such a step first takes the file away.
final class HaltingNode {

    /// The system property that names the directory.
    static final String HALTS = "howdah.test.halts";

    /// Here a program is about to run: the agent ends while it does.
    private static final Set<Step> DURING =
            EnumSet.of(Step.INITDB_RUNS, Step.COPY_RUNS, Step.REWIND_RUNS);

    private static final long DURING_MILLIS = 150;

    private final Path halts;

    private HaltingNode(Path halts) {
        this.halts = halts;
    }

    /// What runs a node here, but with this main class.
    static NodeLauncher launcher(Path halts) {
        return ProgramUnderTest.launcher(HaltingNode.class, "-D" + HALTS + "=" + halts);
    }

    /// Runs the node.
    ///
    /// @param arguments those of `howdah node`: `node --config FILE`
    public static void main(String[] arguments) throws Exception {
        new LogSettings(LogFormat.TEXT, false).apply();
        var halting = new HaltingNode(Path.of(Objects.requireNonNull(System.getProperty(HALTS))));
        var configuration = NodeConfigurationFile.read(Path.of(arguments[2]).toAbsolutePath());
        Node node = Node.start(configuration, "test", halting::reached);
        Runtime.getRuntime().addShutdownHook(new Thread(node::close, "stop the node"));
        new CountDownLatch(1).await();
    }

    private void reached(Step step) {
        try {
            Files.delete(halts.resolve(step.name()));
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        System.out.println("halted at " + step);
        System.out.flush();
        if (DURING.contains(step)) {
            Thread.ofPlatform().daemon().start(HaltingNode::haltSoon);
        } else {
            Runtime.getRuntime().halt(137);
        }
    }

    private static void haltSoon() {
        try {
            Thread.sleep(DURING_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(137);
    }
}

package io.howdah.cli.demo;

import io.howdah.cluster.step.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Steps at which agents end, each once, and what starts them again, as systemd does.
final class ArmedSteps {

    private final Path folder = DemoCluster.reachableDirectory();
    private volatile boolean over;
    private @Nullable Thread starter;

    /// Runs nodes whose agents end at these steps.
    NodeLauncher launcher() {
        return HaltingNode.launcher(folder);
    }

    /// Arms these, and no others any more.
    void arm(Set<Step> steps) throws IOException {
        disarm();
        for (Step step : steps) {
            Files.createFile(folder.resolve(step.name()));
        }
    }

    /// Those that no agent has come to yet.
    List<Path> left() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    /// From now on starts whatever has ended.
    void keepStarted(DemoCluster cluster) {
        starter = Thread.ofPlatform().name("starter").start(() -> startWhatEnded(cluster));
    }

    private void startWhatEnded(DemoCluster cluster) {
        while (!over) {
            for (int node = 1; node <= DemoCluster.NODES && !over; node++) {
                if (!cluster.agentRuns(node)) {
                    cluster.start(node);
                }
            }
            pause();
        }
    }

    static void pause() {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /// Starts nothing any more: the cluster is about to be stopped.
    void letGo() throws InterruptedException {
        over = true;
        if (starter != null) {
            starter.join(10_000);
        }
    }

    /// Deletes what it wrote.
    void remove() throws IOException {
        disarm();
        Files.delete(folder);
    }

    private void disarm() throws IOException {
        for (Path step : left()) {
            Files.deleteIfExists(step);
        }
    }
}

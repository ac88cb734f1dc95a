package io.howdah.cli.demo;

import io.howdah.node.api.ClusterStatus;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;

/// Tests that share one cluster of real processes, and a client that writes to it all the time.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnRunningCluster {

    private @Nullable DemoCluster cluster;
    private @Nullable Writer writer;

    /// Starts it, and returns when all is well.
    final void run(DemoCluster fresh) {
        cluster = fresh;
        fresh.startAll();
        fresh.awaitWhole();
        writer = new Writer(fresh.settings());
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (writer != null) {
            writer.stop();
        }
        if (cluster != null) {
            cluster.stop();
        }
    }

    final DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    final Writer writer() {
        return Objects.requireNonNull(writer);
    }

    /// All is well, and rows are written.
    final ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        writer().awaitProgress();
        return status;
    }
}

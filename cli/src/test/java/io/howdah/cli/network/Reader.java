package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.host.VirtualNetwork;
import io.howdah.testing.Await;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;

/// Reads from one node, on its own host and over one connection, for as long as that answers.
/// Thread-safe.
final class Reader {

    private static final long PAUSE_MILLIS = 5;

    private final Thread thread;
    private volatile long lastNanos;

    /// Returns once it has read something.
    Reader(String node, VirtualNetwork network, Database database) {
        thread = network.start(node, "reader at " + node, () -> read(node, database));
        Await.until("something is read from " + node, () -> lastNanos != 0);
    }

    private void read(String node, Database database) {
        try (Connection connection = database.toNode(node)) {
            while (Database.number(connection, "select id from written limit 1") > 0) {
                lastNanos = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (SQLException | InterruptedException e) {
            // no answer any more: what this reader waits for
        }
    }

    /// Waits until it is cut off; fails unless that was before then.
    void assertCutOffBefore(long nanos) {
        Await.until("the reader is cut off", () -> !thread.isAlive());
        assertThat(nanos - lastNanos).as("ns from the last read").isPositive();
    }
}

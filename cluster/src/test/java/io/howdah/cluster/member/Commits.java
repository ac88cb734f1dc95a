package io.howdah.cluster.member;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/// A client that commits one row after the other into the table `written`, and remembers which of
/// them it was told to be safe. It ends with its server.
final class Commits implements AutoCloseable {

    /// A commit may wait as long as a class of tests runs.
    private static final Duration LONG = Duration.ofHours(1);

    private final ConcurrentSkipListSet<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final PostgresConnection connection;
    private final Thread thread;
    private volatile long begun;

    /// @param primary where it writes; the table is there
    Commits(ConnectionSettings primary) {
        connection = PostgresConnection.open(primary.withApplicationName("commits"));
        thread = Thread.ofVirtual().name("commits").start(this::run);
    }

    private void run() {
        try {
            while (true) {
                long next = begun + 1;
                begun = next;
                connection.executeWithin(LONG, "insert into written values ($1)", next);
                acknowledged.add(next);
            }
        } catch (WireException ended) {
            return; // as it must: the server is gone, or the test is over
        }
    }

    /// The row whose commit began last.
    long begun() {
        return begun;
    }

    /// The rows that are safe, by what the client was told.
    Set<Long> acknowledged() {
        return new TreeSet<>(acknowledged);
    }

    /// The newest of these; 0 for none.
    long latest() {
        return acknowledged.isEmpty() ? 0 : acknowledged.getLast();
    }

    /// Waits until that many more were acknowledged.
    void awaitMore(int count) {
        long wanted = latest() + count;
        Await.until(count + " more commits are acknowledged", () -> latest() >= wanted);
    }

    @Override
    public void close() {
        connection.close();
        Await.until("the client has ended", () -> !thread.isAlive());
    }
}

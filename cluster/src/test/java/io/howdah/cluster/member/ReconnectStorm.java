package io.howdah.cluster.member;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.testing.Await;
import java.util.concurrent.locks.LockSupport;

/// Ends every WAL sender of a primary as soon as it has confirmed a commit: its standby does little
/// else than connect again.
final class ReconnectStorm implements AutoCloseable {

    private static final long LOOK_NANOS = 1_000_000;

    private final Commits commits;
    private final PostgresConnection connection;
    private final Thread thread;
    private volatile boolean over;

    /// @param primary whose senders are ended
    /// @param commits what shows that one was at work
    ReconnectStorm(ConnectionSettings primary, Commits commits) {
        this.commits = commits;
        this.connection = PostgresConnection.open(primary.withApplicationName("storm"));
        this.thread = Thread.ofVirtual().name("storm").start(this::run);
    }

    private void run() {
        long confirmed = commits.latest();
        while (!over) {
            if (commits.latest() > confirmed) {
                confirmed = commits.latest();
                endWalSenders(connection);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /// Ends those that run now.
    static void endWalSenders(PostgresConnection connection) {
        connection.query(
                "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_replication");
    }

    @Override
    public void close() {
        over = true;
        Await.until("the storm is over", () -> !thread.isAlive());
        boolean lasted = connection.isOpen();
        connection.close();
        if (!lasted) {
            throw new AssertionError("the storm ended early");
        }
    }
}

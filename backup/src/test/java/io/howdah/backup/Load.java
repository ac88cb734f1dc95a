package io.howdah.backup;

import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.testing.Await;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// Inserts rows into the table `t`, one a transaction, and changes others, until it is closed.
final class Load implements AutoCloseable {

    private final AtomicBoolean over = new AtomicBoolean();
    private final AtomicLong acknowledged = new AtomicLong();
    private final Thread thread;

    Load(TestPostgres server) {
        acknowledged.set(Long.parseLong(server.value("select coalesce(max(n), 0) from t")));
        thread = Thread.ofVirtual().start(() -> run(server));
    }

    private void run(TestPostgres server) {
        try (PostgresConnection connection = server.connect()) {
            while (!over.get()) {
                long next = acknowledged.get() + 1;
                connection.execute("insert into t values ($1, 'x')", next);
                connection.execute("update t set text = text || 'y' where n = $1", next % 100);
                acknowledged.set(next);
            }
        }
    }

    /// The last row that was confirmed; those before it were, too.
    long acknowledged() {
        return acknowledged.get();
    }

    @Override
    public void close() {
        over.set(true);
        Await.until("the load has ended", () -> !thread.isAlive());
    }
}

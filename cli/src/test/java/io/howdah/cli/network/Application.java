package io.howdah.cli.network;

import io.howdah.cli.host.VirtualNetwork;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Writes at one host, as an application there does: to whichever primary it reaches, its own
/// host's first; one row after the other, each a transaction with an identity of its own. An insert
/// that failed may or may not be there; it is not repeated. Thread-safe.
final class Application {

    private static final long PAUSE_MILLIS = 20;
    private static final long IDENTITIES = 1_000_000_000L;

    private static final String INSERT =
            "insert into written values (?)"
                    + " returning pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_insert_lsn())";

    private final String host;
    private final Database database;
    private final Journal journal;
    private final Thread thread;
    private long identity;
    private volatile boolean stopping;
    private volatile @Nullable SQLException failure;

    /// Starts to write.
    ///
    /// @param number tells it from all others
    Application(
            int number, String host, VirtualNetwork network, Database database, Journal journal) {
        this.host = host;
        this.database = database;
        this.journal = journal;
        identity = number * IDENTITIES;
        thread = network.start(host, "application at " + host, this::run);
    }

    private void run() {
        while (!stopping) {
            try (Connection connection = database.toPrimary(host);
                    PreparedStatement insert = connection.prepareStatement(INSERT)) {
                while (!stopping) {
                    insert(insert);
                    pause();
                }
            } catch (SQLException e) {
                failure = e;
                pause();
            }
        }
    }

    /// A commit whose wait for the replicas was cancelled is reported as done, with a warning: it
    /// is not acknowledged in the sense that counts.
    private void insert(PreparedStatement insert) throws SQLException {
        insert.clearWarnings();
        insert.setLong(1, ++identity);
        long sentNanos = System.nanoTime();
        try (ResultSet answer = insert.executeQuery()) {
            answer.next();
            // a segment's name begins with its timeline
            int timeline = Integer.parseInt(answer.getString(1).substring(0, 8), 16);
            if (insert.getWarnings() == null) {
                journal.add(
                        new Journal.Row(identity, host, timeline, sentNanos, System.nanoTime()));
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    String host() {
        return host;
    }

    /// What it was refused last; null: nothing yet.
    @Nullable SQLException failure() {
        return failure;
    }

    /// Ends once its present statement has.
    void stop() throws InterruptedException {
        stopping = true;
        thread.join(30_000);
    }
}

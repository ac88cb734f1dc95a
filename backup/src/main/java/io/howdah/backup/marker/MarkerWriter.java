package io.howdah.backup.marker;

import io.howdah.backup.BackupException;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.WireException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes markers on a primary for as long as it is open, four times a second where there is
/// something to mark. Thread-safe.
public final class MarkerWriter implements AutoCloseable {

    /// How often.
    public static final Duration EVERY = Duration.ofMillis(250);

    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(MarkerWriter.class);

    private final ConnectionSettings superuser;
    private final SqlIdentifier writer;
    private final MarkerTrail trail;
    private final Thread thread = Thread.ofVirtual().name("marker").unstarted(this::run);
    private @Nullable PostgresConnection session; // guarded by this
    private boolean closed; // guarded by this

    /// @param superuser how to reach the primary as its superuser
    /// @param writer the role that the markers are written as
    /// @param trail hears of each
    public MarkerWriter(ConnectionSettings superuser, SqlIdentifier writer, MarkerTrail trail) {
        this.superuser = superuser.withApplicationName("howdah marker");
        this.writer = writer;
        this.trail = trail;
    }

    /// Begins; returns at once.
    public void start() {
        trail.begin();
        thread.start();
    }

    private void run() {
        String complaint = "";
        try {
            while (!isClosed()) {
                try {
                    write();
                } catch (WireException | BackupException e) {
                    String message = String.valueOf(e.getMessage());
                    if (!isClosed() && !message.equals(complaint)) {
                        LOG.warn("no marker is written at the moment: {}", message);
                        complaint = message;
                    }
                }
                Thread.sleep(AFTER_TROUBLE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean isClosed() {
        return closed;
    }

    private void write() throws InterruptedException {
        try (PostgresConnection owner = PostgresConnection.open(superuser)) {
            MarkerTable.make(owner, writer);
        }
        // One that waits for standbys cannot be called back, so there is never a second.
        try (PostgresConnection connection =
                PostgresConnection.open(
                        superuser
                                .withServerSetting("role", writer.name())
                                .withServerSetting("idle_session_timeout", "0")
                                .withServerSetting("statement_timeout", "0")
                                .withServerSetting("lock_timeout", "10s"))) {
            if (!hold(connection)) {
                return;
            }
            Stillness still = Stillness.NONE;
            while (!isClosed()) {
                var next = MarkerTable.write(connection, still);
                if (next.isPresent()) {
                    trail.acknowledged(next.get().written());
                    still = next.get().still();
                }
                Thread.sleep(EVERY);
            }
        }
    }

    private synchronized boolean hold(PostgresConnection connection) {
        session = connection;
        return !closed;
    }

    /// Writes no more.
    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            PostgresConnection open = session;
            if (open != null) {
                open.close();
            }
        }
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

package io.howdah.cluster.member;

import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A checkpoint at once, beside everything else. PostgreSQL spreads the one that follows a
/// promotion over minutes; until it is written a crash recovery begins before the promotion, and
/// `pg_rewind` cannot tell from the control file that there was one (before 16 it refuses). On a
/// connection and a thread of its own, one at a time. Thread-safe.
final class PromptCheckpoint {

    private static final Duration DEADLINE = Duration.ofMinutes(10);
    private static final Logger LOG = LoggerFactory.getLogger(PromptCheckpoint.class);

    private final Supplier<PostgresConnection> connect;
    private final AtomicBoolean underWay = new AtomicBoolean();

    /// @param connect opens a connection of the superuser
    PromptCheckpoint(Supplier<PostgresConnection> connect) {
        this.connect = connect;
    }

    /// Begins one, unless one is under way.
    void begin() {
        if (underWay.compareAndSet(false, true)) {
            Thread.ofVirtual().name("checkpoint").start(this::run);
        }
    }

    private void run() {
        try (PostgresConnection connection = connect.get()) {
            connection.executeWithin(DEADLINE, "checkpoint");
        } catch (WireException e) {
            // nothing rests on it: it only makes a later recovery shorter
            LOG.info("the checkpoint after the promotion did not end: {}", e.getMessage());
        } finally {
            underWay.set(false);
        }
    }
}

package io.howdah.cluster.member;

import io.howdah.postgres.wire.PostgresConnection;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    private @Nullable CompletableFuture<Void> latest; // guarded by this

    /// @param connect opens a connection of the superuser
    PromptCheckpoint(Supplier<PostgresConnection> connect) {
        this.connect = connect;
    }

    /// Begins one, unless one is under way.
    ///
    /// @return done once it is written
    synchronized CompletableFuture<Void> begin() {
        CompletableFuture<Void> last = latest;
        if (last != null && !last.isDone()) {
            return last;
        }
        var begun = new CompletableFuture<Void>();
        latest = begun;
        Thread.ofVirtual().name("checkpoint").start(() -> write(begun));
        return begun;
    }

    private void write(CompletableFuture<Void> begun) {
        try (PostgresConnection connection = connect.get()) {
            connection.executeWithin(DEADLINE, "checkpoint");
            begun.complete(null);
        } catch (RuntimeException e) {
            LOG.info("a checkpoint did not end: {}", e.getMessage());
            begun.completeExceptionally(e);
        }
    }
}

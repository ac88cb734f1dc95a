package io.howdah.cluster.member;

import java.time.Duration;
import java.util.List;

/// Which changed settings wait for a restart of PostgreSQL. Asked every few seconds only, as the
/// server goes through all its settings for it; read by any thread, refreshed by one.
final class PendingRestart {

    private static final Duration FRESH_FOR = Duration.ofSeconds(5);

    private final ServerQueries queries;
    private volatile List<PendingSetting> pending = List.of();
    private long freshUntilNanos = System.nanoTime();

    PendingRestart(ServerQueries queries) {
        this.queries = queries;
    }

    List<PendingSetting> settings() {
        return pending;
    }

    /// The server answers: asks it, if it is time.
    void refresh() {
        long now = System.nanoTime();
        if (now - freshUntilNanos >= 0) {
            freshUntilNanos = now + FRESH_FOR.toNanos();
            pending = queries.pendingRestart();
        }
    }

    /// It has stopped: what starts next starts with the new settings.
    void restarted() {
        pending = List.of();
    }
}

package io.howdah.cluster.member;

import java.time.Duration;

/// Whether a changed setting waits for a restart of PostgreSQL. Asked every few seconds only, as
/// the server goes through all its settings for it; read by any thread, refreshed by one.
final class PendingRestart {

    private static final Duration FRESH_FOR = Duration.ofSeconds(5);

    private final ServerQueries queries;
    private volatile boolean pending;
    private long freshUntilNanos = System.nanoTime();

    PendingRestart(ServerQueries queries) {
        this.queries = queries;
    }

    boolean isPending() {
        return pending;
    }

    /// The server answers: asks it, if it is time.
    void refresh() {
        long now = System.nanoTime();
        if (now - freshUntilNanos >= 0) {
            freshUntilNanos = now + FRESH_FOR.toNanos();
            pending = queries.hasPendingRestart();
        }
    }

    /// It has stopped: what starts next starts with the new settings.
    void restarted() {
        pending = false;
    }
}

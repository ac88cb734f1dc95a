package io.howdah.consensus.ratis;

import java.util.concurrent.CompletableFuture;

/// Wakes those who wait for an answer of a leader when another one is known. Thread-safe; nothing
/// here waits.
final class LeaderSignal {

    private volatile CompletableFuture<Void> next = new CompletableFuture<>();

    /// Completes at the next change after this call.
    CompletableFuture<Void> next() {
        return next;
    }

    void changed() {
        CompletableFuture<Void> now;
        synchronized (this) {
            now = next;
            next = new CompletableFuture<>();
        }
        now.complete(null);
    }
}

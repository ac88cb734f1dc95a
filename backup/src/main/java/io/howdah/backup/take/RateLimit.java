package io.howdah.backup.take;

import java.time.Duration;

/// Holds readers up so that together they read no more than so many bytes a second. Thread-safe.
final class RateLimit {

    private final double nanosPerByte;
    private long freeNanos = System.nanoTime();

    /// @param bytesPerSecond 0 for no limit
    RateLimit(long bytesPerSecond) {
        nanosPerByte = bytesPerSecond == 0 ? 0 : 1e9 / bytesPerSecond;
    }

    /// Returns when these bytes may be read.
    void take(int bytes) {
        if (nanosPerByte == 0) {
            return;
        }
        long wait;
        synchronized (this) {
            long now = System.nanoTime();
            freeNanos = Math.max(freeNanos, now);
            wait = freeNanos - now;
            freeNanos += (long) (bytes * nanosPerByte);
        }
        if (wait > 0) {
            try {
                Thread.sleep(Duration.ofNanos(wait));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}

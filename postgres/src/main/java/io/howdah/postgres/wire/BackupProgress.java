package io.howdah.postgres.wire;

import java.util.concurrent.TimeUnit;

/// Tells a listener how far a base backup is, once a second at most. For one thread.
final class BackupProgress {

    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BaseBackupListener listener;
    private final long estimatedBytes;
    private long doneBytes;
    private long toldNanos = System.nanoTime() - PERIOD_NANOS;

    BackupProgress(BaseBackupListener listener, long estimatedBytes) {
        this.listener = listener;
        this.estimatedBytes = estimatedBytes;
        tick();
    }

    void received(int bytes) {
        doneBytes += bytes;
        tick();
    }

    /// Tells, if it is time.
    void tick() {
        long nowNanos = System.nanoTime();
        if (nowNanos - toldNanos >= PERIOD_NANOS) {
            toldNanos = nowNanos;
            listener.progressed(doneBytes, Math.max(doneBytes, estimatedBytes));
        }
    }

    /// Tells the end: all that is done is all there is.
    void finish() {
        listener.progressed(doneBytes, doneBytes);
    }
}

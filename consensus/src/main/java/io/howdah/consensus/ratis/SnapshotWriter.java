package io.howdah.consensus.ratis;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;

/// Writes snapshots beside the thread that applies the log: a disk that does not answer would stop
/// that one, and with the leader's every command of the group, while its heartbeats go on.
///
/// All methods but `close` are for the applying thread.
final class SnapshotWriter implements AutoCloseable {

    /// Where snapshots go.
    interface Target {

        /// Writes one; it is there for good when this returns.
        ///
        /// @param at the last log position that is in it
        void write(TermIndex at, byte[] content) throws IOException;
    }

    private final Target target;
    private volatile @Nullable Thread thread;
    private @Nullable CompletableFuture<Long> written;

    SnapshotWriter(Target target) {
        this.target = target;
    }

    /// Whether one is still being written, also one whose outcome counts no more.
    boolean isBusy() {
        Thread writing = thread;
        return writing != null && writing.isAlive();
    }

    /// Begins with one. None may be under way, and the last one's outcome is to be taken before.
    void begin(TermIndex at, byte[] content) {
        CompletableFuture<Long> outcome = new CompletableFuture<>();
        written = outcome;
        thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("howdah-store-snapshot-" + at.getIndex())
                        .start(() -> write(at, content, outcome));
    }

    private void write(TermIndex at, byte[] content, CompletableFuture<Long> outcome) {
        try {
            target.write(at, content);
            outcome.complete(at.getIndex());
        } catch (IOException | RuntimeException e) {
            outcome.completeExceptionally(e);
        }
    }

    /// The last log position in a snapshot that has been written since this was asked last;
    /// [RaftLog#INVALID_LOG_INDEX] where there is none.
    ///
    /// @throws IOException when it could not be written
    long takeWritten() throws IOException {
        CompletableFuture<Long> outcome = written;
        if (outcome == null || !outcome.isDone()) {
            return RaftLog.INVALID_LOG_INDEX;
        }
        written = null;
        if (outcome.isCompletedExceptionally()) {
            throw new IOException("a snapshot cannot be written", outcome.exceptionNow());
        }
        return outcome.resultNow();
    }

    /// A newer snapshot came from the leader: whatever becomes of ours counts no more.
    void forget() {
        written = null;
    }

    /// Waits until nothing is being written any more, however long that takes.
    @Override
    public void close() throws IOException {
        Thread writing = thread;
        if (writing != null) {
            try {
                writing.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while a snapshot was being written", e);
            }
        }
    }
}

package io.howdah.backup.take;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.crew.Repeated;
import io.howdah.backup.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;

/// Writes down in the repository how far a backup has come, every few seconds as long as it is
/// under way, and tells its own listener all that it hears. To be closed, whatever comes of it.
final class ProgressNotes implements TakeListener, AutoCloseable {

    private static final Duration ROUND = Duration.ofSeconds(5);

    private final ObjectStore store;
    private final BackupId id;
    private final String member;
    private final Instant began;
    private final TakeListener listener;
    private final Repeated notes = new Repeated("progress", ROUND, this::note);
    private long change; // of the notes' thread
    private volatile long doneBytes;
    private volatile long totalBytes;
    private volatile long storedBytes;

    ProgressNotes(
            ObjectStore store, BackupId id, String member, Instant began, TakeListener listener) {
        this.store = store;
        this.id = id;
        this.member = member;
        this.began = began;
        this.listener = listener;
    }

    void start() {
        BackupProgress.removeOld(store, Instant.now());
        notes.start();
    }

    private void note() {
        change++;
        long done = doneBytes;
        new BackupProgress(
                        id.text(),
                        member,
                        began,
                        done,
                        Math.max(done, totalBytes),
                        storedBytes,
                        change)
                .put(store);
    }

    @Override
    public void step(TakeStep step) {
        listener.step(step);
    }

    @Override
    public void progress(long read, long estimated, long stored) {
        doneBytes = read;
        totalBytes = estimated;
        storedBytes = stored;
        listener.progress(read, estimated, stored);
    }

    @Override
    public void close() {
        notes.close();
        BackupProgress.remove(store, id);
    }
}

package io.howdah.backup.wal;

import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// An archiver at work, begun anew whenever it fails, as a worker does.
final class RunningArchive implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofMinutes(5);

    static final SqlIdentifier SLOT = new SqlIdentifier("archive");

    private final RepositoryTroubles troubles = new RepositoryTroubles();
    private final WalArchiver archiver;
    private final ConnectionSettings server;
    private final CompletableFuture<Void> run;
    private volatile boolean closed;

    RunningArchive(ConnectionSettings server, Path directory, ObjectStore... stores) {
        this.server = server;
        this.archiver =
                new WalArchiver(
                        new WalArchiveSettings(SLOT, Duration.ofMillis(100), directory, 1),
                        List.of(stores),
                        RepositoryMemory.none(),
                        troubles);
        this.run = CompletableFuture.runAsync(this::work, task -> Thread.ofVirtual().start(task));
    }

    private void work() {
        while (!closed) {
            try {
                archiver.run(server);
            } catch (RuntimeException e) {
                // A lost connection, a slot that is still in use.
                pause();
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    Lsn archived() {
        if (run.isCompletedExceptionally()) {
            throw new AssertionError("the archive has failed", run.exceptionNow());
        }
        return archiver.status().map(WalArchiveStatus::archived).orElse(Lsn.ZERO);
    }

    void awaitArchived(Lsn position) {
        Await.until("archived up to " + position, PATIENCE, () -> archived().isAtLeast(position));
    }

    WalArchiveStatus status() {
        return archiver.status().orElseThrow();
    }

    /// Which repositories take no WAL.
    List<RepositoryTrouble> troubles() {
        return troubles.all();
    }

    void awaitTrouble() {
        Await.until("a repository gives trouble", () -> !troubles().isEmpty());
    }

    /// As a killed process ends: in the middle of whatever it did.
    @Override
    public void close() {
        closed = true;
        archiver.close();
        try {
            run.handle((_, _) -> true).get(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new AssertionError("the archive does not end", e);
        }
    }
}

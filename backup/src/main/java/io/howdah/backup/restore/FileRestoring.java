package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.crew.Crew;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestPiece;
import io.howdah.backup.manifest.ManifestPieces;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.pack.ReadAhead;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Writes all files of a backup, several at a time. The control file comes last, when all others
/// are on the disk: without it no server starts. For one call of [#run]; to be closed.
final class FileRestoring implements ManifestPieces.Visitor, AutoCloseable {

    /// Pieces that are written or wait.
    private static final int MOST_UNDER_WAY = 32;

    /// Threads that wait for the disk, while those that write go on: what several of them ask for
    /// together a file system does at once.
    private static final int SYNC_THREADS = 8;

    /// Hears how it gets on.
    interface Progress {
        /// So much is done.
        ///
        /// @param written how many bytes are right so far
        /// @param kept how many of them were right before
        void now(long written, long kept);
    }

    /// A piece that is written, and will be durable.
    private record Written(Future<WrittenPiece> durable) {}

    private final ObjectStore store;
    private final Places places;
    private final DurableFiles durable;
    private final ClearWay way;
    private final Progress progress;
    private final Crew<PieceWriter> writers;
    private final @Nullable Surplus surplus;
    private final ExecutorService syncs;
    private final Deque<Future<Written>> underWay = new ArrayDeque<>();
    private final List<Path> folders = new ArrayList<>();
    private boolean late;
    private long written;
    private long kept;

    /// @param surplus cleans what is there already, of which the right parts stay; null: there is
    ///   nothing
    /// @param skipped takes what cannot be read; null: then it fails
    FileRestoring(
            ObjectStore store,
            Places places,
            OperatingSystemUser owner,
            int workers,
            @Nullable Surplus surplus,
            @Nullable DamagedParts skipped,
            Progress progress) {
        this.store = store;
        this.places = places;
        this.durable = new DurableFiles(owner);
        this.way = new ClearWay(durable);
        this.progress = progress;
        var packs = new ReadAhead(store);
        this.writers =
                new Crew<>(
                        "restore-writer",
                        workers,
                        () -> new PieceWriter(packs, places, owner, surplus != null, skipped));
        this.syncs =
                Executors.newFixedThreadPool(
                        SYNC_THREADS,
                        Thread.ofPlatform().daemon().name("restore-sync-", 1).factory());
        this.surplus = surplus;
        folders.add(places.directory());
    }

    /// Writes them; durable when it returns.
    void run(BackupRecord backup) {
        try (ManifestReader manifest =
                ManifestReader.of(store, backup.backupId().manifestFolder(), backup.manifest())) {
            new ManifestPieces(this).read(manifest);
        }
        drain(0);
        folders.forEach(durable::syncDirectory);
    }

    @Override
    public void directory(ManifestLine.Directory directory) {
        Path path = places.of(directory.path());
        places.link(directory.path())
                .ifPresentOrElse(
                        target -> link(directory.path(), target),
                        () -> way.toDirectory(directory.path(), path));
        try {
            if (!Files.isDirectory(path)) {
                durable.createDirectory(path);
            }
            Files.setAttribute(path, "unix:mode", directory.mode());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make " + path, e);
        }
        folders.add(path);
        if (surplus != null) {
            surplus.directory(directory.path());
        }
    }

    private void link(String path, Path target) {
        Path link = places.directory().resolve(path);
        try {
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            }
            if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
                durable.createDirectory(target);
            }
            // It may have been made for this, by somebody else.
            durable.owner().own(target.toRealPath());
            Files.createSymbolicLink(link, target);
            durable.owner().own(link);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot make the link " + link + " to " + target, e);
        }
    }

    @Override
    public void piece(ManifestPiece piece) {
        noteFor(piece.file().path());
        if (piece.offset() == 0) {
            // Before any thread has begun with the file.
            way.toFile(places.of(piece.file().path()));
        }
        // Who writes to a file keeps others from it: the kernel has one lock for each.
        underWay.add(
                writers.submitAt(
                        piece.file().path(),
                        writer -> {
                            WrittenPiece written = writer.write(piece);
                            return new Written(syncs.submit(written::sync));
                        }));
        drain(MOST_UNDER_WAY);
    }

    private void noteFor(String path) {
        if (path.equals(ManifestLine.LABEL)) {
            late = true;
            if (surplus != null) {
                surplus.end();
            }
        }
        if (path.equals(ManifestLine.CONTROL_FILE)) {
            drain(0);
        }
        if (!late && surplus != null) {
            surplus.file(path);
        }
    }

    private void drain(int leave) {
        while (underWay.size() > leave) {
            WrittenPiece result = Crew.await(Crew.await(underWay.remove()).durable());
            written += result.bytes();
            kept += result.kept();
            progress.now(written, kept);
        }
    }

    @Override
    public void close() {
        writers.close();
        // What they have written is closed.
        syncs.close();
    }
}

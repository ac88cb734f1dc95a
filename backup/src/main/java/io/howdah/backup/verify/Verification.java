package io.howdah.backup.verify;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.crew.Crew;
import io.howdah.backup.manifest.EarlierChunks;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestPiece;
import io.howdah.backup.manifest.ManifestPieces;
import io.howdah.backup.manifest.ManifestReader;
import io.howdah.backup.manifest.PackUse;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.pack.PackReader;
import io.howdah.backup.pack.ReadAhead;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreException;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.sweep.AvoidedPacks;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Future;
import java.util.function.LongConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all backups of a repository, the oldest first, and its WAL. Of each but the first only
/// those chunks are read that did not stand at their places in the one before. For one call of
/// [#run], which also writes down which packs are damaged.
public final class Verification {

    private static final int MOST_UNDER_WAY = 32;
    private static final Logger LOG = LoggerFactory.getLogger(Verification.class);

    private record Found(String what, ChunkReference chunk, String how) {}

    private record Read(long chunks, long bytes, List<Found> found) {}

    private final Repository repository;
    private final int workers;
    private final LongConsumer progress;

    /// So that no later backup refers to them.
    private final Set<PackId> damagedPacks = new TreeSet<>();

    /// What was found already, as later backups refer to it too; as long as it is little.
    private final Map<ChunkReference, String> known = new HashMap<>();

    private final List<Damage> damage = new ArrayList<>();
    private final Map<String, Long> damageCounts = new HashMap<>(); // by the name of the backup
    private long chunks;
    private long bytes;

    /// @param workers how many threads read
    /// @param progress hears how many bytes were read so far
    public Verification(Repository repository, int workers, LongConsumer progress) {
        this.repository = repository;
        this.workers = workers;
        this.progress = progress;
    }

    /// Reads everything.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public VerifyResult run() {
        List<BackupRecord> backups =
                new BackupCatalog(repository)
                        .all(each -> add(new Damage(each.id().text(), "its record", each.how())));
        var packs = new ReadAhead(repository.store());
        try (var readers = new Crew<>("verify-reader", workers, () -> new PackReader(packs))) {
            BackupRecord before = null;
            for (BackupRecord backup : backups) {
                if (verify(backup, before, readers)) {
                    before = backup;
                }
            }
        }
        new Keeps(repository.store())
                .all(each -> add(new Damage("keeps", "what is kept by hand", each.fact())));
        var wal = new WalVerification(repository);
        backups.forEach(backup -> wal.missing(backup).ifPresent(this::add));
        wal.read().forEach(this::add);
        forgetRemoved();
        avoidDamaged();
        return new VerifyResult(
                backups.size(),
                chunks,
                bytes,
                wal.gaps(),
                damageCounts.values().stream().mapToLong(Long::longValue).sum(),
                damage,
                damageCounts.keySet().stream()
                        .filter(name -> BackupId.parse(name).isPresent())
                        .sorted()
                        .toList());
    }

    /// The next backup stores anew what it needs of them; those that are well again are referred to
    /// again.
    private void avoidDamaged() {
        try {
            AvoidedPacks.damaged(repository.store()).write(List.copyOf(damagedPacks));
        } catch (StoreException e) {
            LOG.warn("backups are not told which packs are damaged: {}", e.getMessage());
        }
    }

    /// A sweep may have removed a backup since its record was read: what went with it is no damage.
    private void forgetRemoved() {
        var catalog = new BackupCatalog(repository);
        Set<String> removed =
                damageCounts.keySet().stream()
                        .filter(name ->
                                BackupId.parse(name)
                                        .filter(id -> isRemoved(catalog.look(id)))
                                        .isPresent())
                        .collect(Collectors.toSet());
        damageCounts.keySet().removeAll(removed);
        damage.removeIf(each -> removed.contains(each.backup()));
    }

    private static boolean isRemoved(BackupState state) {
        return switch (state) {
            case BackupState.Finished _, BackupState.Damaged _ -> false;
            case BackupState.Unfinished _, BackupState.Withdrawn _ -> true;
        };
    }

    /// @return whether its manifest could be read, so that the next backup can be compared with it
    private boolean verify(
            BackupRecord backup, @Nullable BackupRecord before, Crew<PackReader> readers) {
        var underWay = new ArrayDeque<Future<Read>>();
        var use = new PackUse();
        try (ManifestReader manifest = manifest(backup);
                var earlier = before == null ? null : new EarlierChunks(manifest(before))) {
            new ManifestPieces(
                            new ManifestPieces.Visitor() {
                                private boolean there;

                                @Override
                                public void directory(ManifestLine.Directory directory) {}

                                @Override
                                public void piece(ManifestPiece piece) {
                                    piece.chunks().forEach(use::add);
                                    if (piece.offset() == 0) {
                                        there = earlier != null && earlier.find(piece.file());
                                    }
                                    List<ChunkReference> old =
                                            there && earlier != null
                                                    ? earlier.next(piece.chunks().size())
                                                    : List.of();
                                    underWay.add(
                                            readers.submit(reader -> read(reader, piece, old)));
                                    drain(backup, underWay, MOST_UNDER_WAY);
                                }
                            })
                    .read(manifest);
            drain(backup, underWay, 0);
            requireList(backup, use);
            return true;
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (BackupException e) {
            drain(backup, underWay, 0);
            add(new Damage(backup.id(), "its manifest", e.fact()));
            return false;
        }
    }

    /// What a sweep goes by.
    private void requireList(BackupRecord backup, PackUse use) {
        String folder = backup.backupId().manifestFolder();
        PackUse list = PackUse.read(repository.store(), folder, backup.manifest());
        if (!list.packs().isSameAs(use.packs())) {
            add(
                    new Damage(
                            backup.id(),
                            "its list of packs",
                            PackUse.object(folder) + " is not what its manifest says"));
        }
    }

    private ManifestReader manifest(BackupRecord backup) {
        ObjectStore store = repository.store();
        return ManifestReader.of(store, backup.backupId().manifestFolder(), backup.manifest());
    }

    private Read read(PackReader reader, ManifestPiece piece, List<ChunkReference> old) {
        var indexes = new ArrayList<Integer>();
        var found = new ArrayList<Found>();
        for (int index = 0; index < piece.chunks().size(); index++) {
            ChunkReference chunk = piece.chunks().get(index);
            if (index >= old.size() || !old.get(index).equals(chunk)) {
                indexes.add(index);
            } else {
                String how = knownDamage(chunk);
                if (how != null) {
                    found.add(new Found(place(piece, index), chunk, how));
                }
            }
        }
        List<ChunkReference> fresh = indexes.stream().map(piece.chunks()::get).toList();
        reader.read(
                fresh,
                new PackReader.Receiver() {
                    @Override
                    public void whole(int at, byte[] content, int length) {
                        int index = indexes.get(at);
                        if (length != piece.lengthOf(index)) {
                            damaged(at, "it has " + length + " bytes");
                        }
                    }

                    @Override
                    public void damaged(int at, String how) {
                        found.add(new Found(place(piece, indexes.get(at)), fresh.get(at), how));
                    }
                });
        return new Read(
                fresh.size(), fresh.stream().mapToLong(ChunkReference::length).sum(), found);
    }

    private static String place(ManifestPiece piece, int index) {
        return piece.file().path() + " at byte " + piece.offsetOf(index);
    }

    private void drain(BackupRecord backup, Deque<Future<Read>> underWay, int leave) {
        while (underWay.size() > leave) {
            Read read = Crew.await(underWay.remove());
            chunks += read.chunks;
            bytes += read.bytes;
            for (Found each : read.found) {
                damagedPacks.add(each.chunk.pack());
                remember(each);
                add(new Damage(backup.id(), each.what, each.how));
            }
            progress.accept(bytes);
        }
    }

    private synchronized @Nullable String knownDamage(ChunkReference chunk) {
        return known.get(chunk);
    }

    private synchronized void remember(Found found) {
        if (known.size() < 100_000) {
            known.put(found.chunk, found.how);
        }
    }

    private void add(Damage found) {
        damageCounts.merge(found.backup(), 1L, Long::sum);
        if (damage.size() < VerifyResult.MOST_TOLD) {
            damage.add(found);
        }
    }
}

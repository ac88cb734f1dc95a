package io.howdah.backup.sweep;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupFolder;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.keep.NewestLine;
import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.pack.PackTable;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.wal.WalIndex;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Finds out what may go. Only reads.
final class Planning {

    /// How much of the newest backup may be stored anew by the next one to free packs.
    private static final int WORN_SHARE = 20;

    private record Worn(PackId pack, long needed) {}

    private final BackupCatalog catalog;
    private final ObjectStore store;
    private final References references;
    private final KeepPolicy policy;
    private final Optional<Duration> walAge;

    Planning(BackupCatalog catalog, KeepPolicy policy, Optional<Duration> walAge) {
        this.catalog = catalog;
        this.store = catalog.repository().store();
        this.references = new References(store);
        this.policy = policy;
        this.walAge = walAge;
    }

    /// @param now by the store's clock
    /// @throws io.howdah.backup.BackupException when it cannot be told what leads where
    SweepPlan plan(Instant now) {
        Map<BackupId, Optional<Instant>> byHand = new Keeps(store).at(now);
        Overview there = Overview.of(catalog);
        if (there.finished().isEmpty()) {
            return SweepPlan.NOTHING;
        }
        NewestLine line = line();
        List<KeepPolicy.Verdict> verdicts =
                policy.judge(
                        there.finished().stream()
                                .map(each ->
                                        new KeepPolicy.Candidate(
                                                each.backupId(),
                                                each.stopTime(),
                                                line.isReachedFrom(each)))
                                .toList(),
                        byHand);
        var kept = new ArrayList<BackupRecord>();
        var ruled = new ArrayList<BackupRecord>();
        var alone = new ArrayList<BackupRecord>();
        for (int i = 0; i < verdicts.size(); i++) {
            if (verdicts.get(i).isKept()) {
                BackupRecord backup = there.finished().get(i);
                kept.add(backup);
                (verdicts.get(i).alone() ? alone : ruled).add(backup);
            }
        }
        WalKeep wal = WalKeep.of(ruled, alone, line, walAge);
        List<StoredObject> oldWal = new WalObjects(store, kept.getLast()).past(wal);
        Packs packs = packs(there, kept, now);
        return new SweepPlan(
                verdicts,
                interrupted(there, now),
                packs.dead.stream().flatMap(each -> PackId.parse(each.name()).stream()).toList(),
                bytes(packs.dead),
                packs.worn,
                Optional.of(wal),
                oldWal.size(),
                bytes(oldWal));
    }

    /// Whether a tombstone that waited was made before the cluster went on from an earlier
    /// position: what it names may be needed now, and is looked for anew.
    boolean isOfAnotherLine(Tombstone left) {
        NewestLine line = line();
        return Overview.of(catalog).finished().reversed().stream()
                .filter(each -> left.kept().contains(each.id()))
                .findFirst()
                .map(newest -> !line.isReachedFrom(newest))
                .orElse(false);
    }

    private NewestLine line() {
        return NewestLine.of(
                WalIndex.read(store, catalog.repository().identity().systemIdentifier()));
    }

    private static long bytes(List<StoredObject> objects) {
        return objects.stream().mapToLong(StoredObject::size).sum();
    }

    private record Packs(List<StoredObject> dead, List<PackId> worn) {}

    private Packs packs(Overview there, List<BackupRecord> kept, Instant now) {
        Set<PackId> referred = references.of(kept);
        there.withdrawn()
                .forEach((id, parts) -> {
                    if (there.isAhead(id)) {
                        referred.addAll(references.ofInterrupted(id, parts));
                    }
                });
        for (BackupFolder folder : there.unfinished()) {
            if (there.isAhead(folder.id())) {
                referred.addAll(references.ofInterrupted(folder.id(), folder.parts()));
            }
        }
        PackTable needed = references.use(kept.getLast());
        // Those of a backup that is under way are younger than it is.
        Instant youngest = oldestUnderWay(there, now).orElse(Instant.MAX);
        var dead = new ArrayList<StoredObject>();
        var worn = new ArrayList<Worn>();
        store.forEach(
                PackId.FOLDER,
                object ->
                        PackId.parse(object.name())
                                .ifPresent(pack -> {
                                    if (!referred.contains(pack)) {
                                        if (object.modified().isBefore(youngest)) {
                                            dead.add(object);
                                        }
                                    } else if (needed.bytes(pack, Long.MAX_VALUE)
                                            < object.size() / 2) {
                                        worn.add(new Worn(pack, needed.bytes(pack, 0)));
                                    }
                                }));
        return new Packs(dead, least(worn, needed.bytes() / WORN_SHARE));
    }

    /// Those of which the least is needed, as many as fit.
    private static List<PackId> least(List<Worn> worn, long mostBytes) {
        worn.sort(Comparator.comparingLong(Worn::needed).thenComparing(Worn::pack));
        var chosen = new ArrayList<PackId>();
        long bytes = 0;
        for (Worn each : worn) {
            bytes += each.needed;
            if (bytes <= mostBytes) {
                chosen.add(each.pack);
            }
        }
        return chosen;
    }

    private Optional<Instant> oldestUnderWay(Overview there, Instant now) {
        return there.unfinished().stream()
                .filter(folder -> Overview.isUnderWay(folder, now))
                .flatMap(folder ->
                        Lease.read(store, folder.id()).stream()
                                .flatMap(lease -> Optional.ofNullable(lease.began()).stream()))
                .min(Comparator.naturalOrder());
    }

    /// Those that nobody goes on from, and of which something is left.
    private static List<BackupId> interrupted(Overview there, Instant now) {
        var gone = new ArrayList<BackupId>();
        for (BackupFolder folder : there.folders().values()) {
            boolean given =
                    there.withdrawn().containsKey(folder.id())
                            ? folder.parts() > 0 || folder.lease().isPresent()
                            : there.unfinished().contains(folder)
                                    && !Overview.isUnderWay(folder, now);
            if (given && !there.isAhead(folder.id())) {
                gone.add(folder.id());
            }
        }
        return gone;
    }
}

package io.howdah.backup.verify;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalContent;
import io.howdah.backup.wal.WalGap;
import io.howdah.backup.wal.WalIndex;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalRange;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads the archived WAL through, and says what of it is missing. Not thread-safe.
final class WalVerification {

    private static final int BUFFER_BYTES = 1 << 17;

    private final Repository repository;
    private final ObjectStore store;
    private final WalNames names;
    private final WalIndex index;
    private final byte[] buffer = new byte[BUFFER_BYTES];

    WalVerification(Repository repository) {
        this.repository = repository;
        this.store = repository.store();
        SystemId system = repository.identity().systemIdentifier();
        this.names = new WalNames(system);
        this.index = WalIndex.read(store, system);
    }

    /// What a backup lacks to become consistent.
    Optional<Damage> missing(BackupRecord backup) {
        Lsn reach =
                index.reach(
                        TimelineHistory.startingAt(backup.timeline()),
                        backup.timeline(),
                        backup.startLsn());
        return reach.isAtLeast(backup.stopLsn())
                ? Optional.empty()
                : Optional.of(
                        new Damage(
                                backup.id(),
                                "its WAL",
                                "it goes to "
                                        + reach
                                        + " on timeline "
                                        + backup.timeline()
                                        + ", and "
                                        + backup.stopLsn()
                                        + " is needed"));
    }

    /// The stretches between the first and the last WAL of a line of timelines that are not there:
    /// no moment in them can be restored, nor one behind them from a backup before. Behind backups
    /// that are kept by hand alone they are meant to be, and where a sweep has made them.
    List<String> gaps() {
        return ArchiveGaps.of(repository, index, Instant.now(), _ -> {}).stream()
                .map(WalGap::toString)
                .toList();
    }

    /// Reads all of it.
    ///
    /// @return what is damaged
    List<Damage> read() {
        var damaged = new ArrayList<Damage>();
        store.forEach(
                names.prefix(),
                object -> {
                    switch (names.parse(object.name()).orElse(null)) {
                        case WalNames.Segment _ ->
                                damage(object.name(), index.segmentBytes().orElse(0))
                                        .ifPresent(damaged::add);
                        case WalNames.Piece(_, WalRange range) ->
                                damage(object.name(), range.bytes()).ifPresent(damaged::add);
                        case WalNames.History(TimelineId timeline) ->
                                Optional.ofNullable(index.damaged().get(timeline))
                                        .map(how -> new Damage("WAL", object.name().last(), how))
                                        .ifPresent(damaged::add);
                        case null -> {}
                    }
                });
        return damaged;
    }

    private Optional<Damage> damage(ObjectName name, long bytes) {
        try (InputStream in = new WalContent(store, name, bytes)) {
            while (in.read(buffer) >= 0) {}
            return Optional.empty();
        } catch (ObjectMissingException e) {
            // A piece that went as its segment became complete.
            return Optional.empty();
        } catch (ObjectDamagedException e) {
            return Optional.of(new Damage("WAL", name.last(), e.fact()));
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }
}

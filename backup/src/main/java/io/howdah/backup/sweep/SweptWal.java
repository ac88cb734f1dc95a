package io.howdah.backup.sweep;

import io.howdah.backup.keep.WalKeep;
import io.howdah.backup.repository.Note;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalGap;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.stream.Stream;

/// Which WAL sweeps may have removed, but for what single backups need: so a gap there is meant. It
/// is written down, as what is kept later may reach further back than what there still is.
/// Immutable.
///
/// @param swept none of them says only what another one says too
public record SweptWal(List<Swept> swept) {

    private static final Note<SweptWal> NOTE =
            new Note<>(new ObjectName("swept-wal.json"), SweptWal.class);

    /// What one sweep may have removed.
    ///
    /// @param before WAL up to this position
    /// @param timeline on timelines up to this one
    public record Swept(Lsn before, TimelineId timeline) {

        boolean covers(Swept other) {
            return before.isAtLeast(other.before) && timeline.compareTo(other.timeline) >= 0;
        }
    }

    public SweptWal {
        swept = List.copyOf(swept);
    }

    /// What was written down; nothing where that is lost, or no sweep has done so yet.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static SweptWal read(ObjectStore store) {
        return NOTE.read(store).orElseGet(() -> new SweptWal(List.of()));
    }

    /// Writes down what a sweep removes, before it does.
    ///
    /// @throws StoreUnavailableException when the store cannot say what stands there
    static void add(ObjectStore store, WalKeep keep) {
        SweptWal before = read(store);
        SweptWal with = before.with(new Swept(keep.from(), keep.timeline()));
        if (!with.equals(before)) {
            NOTE.put(store, with);
        }
    }

    SweptWal with(Swept more) {
        return swept.stream().anyMatch(each -> each.covers(more))
                ? this
                : new SweptWal(
                        Stream.concat(
                                        swept.stream().filter(each -> !more.covers(each)),
                                        Stream.of(more))
                                .toList());
    }

    /// Whether a sweep may have made a gap.
    public boolean explains(WalGap gap) {
        return swept.stream()
                .anyMatch(each -> each.covers(new Swept(gap.range().end(), gap.timeline())));
    }
}

package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.Set;

/// The packs in which chunks of earlier backups can be referred to: those that are there, as far as
/// they go, but for some. Immutable.
public final class UsablePacks {

    /// Nothing is referred to.
    public static final UsablePacks NONE = new UsablePacks(new PackTable(), Set.of());

    /// Not changed any more.
    private final PackTable there;

    private final Set<PackId> absent;

    private UsablePacks(PackTable there, Set<PackId> absent) {
        this.there = there;
        this.absent = Set.copyOf(absent);
    }

    /// Lists them: what a disk has lost no backup may refer to, nor what a store has cut off.
    ///
    /// @param absent those that count as not there
    /// @throws StoreUnavailableException when the store cannot say
    public static UsablePacks read(ObjectStore store, Set<PackId> absent) {
        var there = new PackTable();
        store.forEach(
                PackId.FOLDER,
                object ->
                        PackId.parse(object.name())
                                .ifPresent(pack -> there.add(pack, object.size())));
        return new UsablePacks(there, absent);
    }

    /// Whether one of them has room for a chunk where that is said to lie.
    boolean holds(ChunkReference chunk) {
        return chunk.end() <= there.bytes(chunk.pack(), 0) && !absent.contains(chunk.pack());
    }
}

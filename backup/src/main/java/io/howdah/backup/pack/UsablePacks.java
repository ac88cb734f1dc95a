package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// The packs in which chunks of earlier backups can be referred to: those that are there, as far as
/// they go, but for some. It holds 16 bytes of each. Immutable.
public final class UsablePacks {

    /// Nothing is referred to.
    public static final UsablePacks NONE = new UsablePacks(Map.of(), Set.of());

    private static final int HEX = 16;

    private final long[] there; // sorted
    private final long[] bytes; // of each of them
    private final Set<PackId> absent;

    private UsablePacks(Map<Long, Long> there, Set<PackId> absent) {
        var sorted = new TreeMap<>(there);
        this.there = sorted.keySet().stream().mapToLong(Long::longValue).toArray();
        this.bytes = sorted.values().stream().mapToLong(Long::longValue).toArray();
        this.absent = Set.copyOf(absent);
    }

    /// Lists them: what a disk has lost no backup may refer to, nor what a store has cut off.
    ///
    /// @param absent those that count as not there
    /// @throws StoreUnavailableException when the store cannot say
    public static UsablePacks read(ObjectStore store, Set<PackId> absent) {
        var there = new TreeMap<Long, Long>();
        store.forEach(
                PackId.FOLDER,
                object ->
                        PackId.parse(object.name())
                                .ifPresent(pack -> there.put(key(pack), object.size())));
        return new UsablePacks(there, absent);
    }

    /// Whether one of them has room for a chunk where that is said to lie.
    boolean holds(ChunkReference chunk) {
        int place = Arrays.binarySearch(there, key(chunk.pack()));
        return place >= 0 && chunk.end() <= bytes[place] && !absent.contains(chunk.pack());
    }

    /// Half of a name: 60 of its bits were made at random.
    private static long key(PackId pack) {
        return Long.parseUnsignedLong(pack.text(), 0, HEX, HEX);
    }
}

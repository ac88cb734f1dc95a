package io.howdah.backup.pack;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.LongStream;

/// The packs in which chunks of earlier backups can be referred to: those that are there, but for
/// some. It holds 8 bytes of each. Immutable.
public final class UsablePacks {

    /// Nothing is referred to.
    public static final UsablePacks NONE = new UsablePacks(new long[0], Set.of());

    private static final int HEX = 16;

    private final long[] there; // sorted
    private final Set<PackId> absent;

    private UsablePacks(long[] there, Set<PackId> absent) {
        this.there = there;
        this.absent = Set.copyOf(absent);
    }

    /// Lists them: what a disk has lost no backup may refer to.
    ///
    /// @param absent those that count as not there
    /// @throws StoreUnavailableException when the store cannot say
    public static UsablePacks read(ObjectStore store, Set<PackId> absent) {
        LongStream.Builder there = LongStream.builder();
        store.forEach(
                PackId.FOLDER,
                object -> PackId.parse(object.name()).ifPresent(pack -> there.add(key(pack))));
        return new UsablePacks(there.build().sorted().toArray(), absent);
    }

    /// Whether a pack is one of them.
    boolean holds(PackId pack) {
        return Arrays.binarySearch(there, key(pack)) >= 0 && !absent.contains(pack);
    }

    /// Half of a name: 60 of its bits were made at random.
    private static long key(PackId pack) {
        return Long.parseUnsignedLong(pack.text(), 0, HEX, HEX);
    }
}

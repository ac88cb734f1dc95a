package io.howdah.backup.pack;

import java.util.Arrays;
import java.util.List;
import java.util.function.ObjLongConsumer;
import java.util.stream.IntStream;

/// Packs, each with a number of bytes. Ten terabytes are 650,000 packs, and a worker has some of
/// these tables at once: one takes 40 bytes or so for each pack, where a map has several objects.
/// Not thread-safe.
public final class PackTable {

    private static final int FREE = -1;

    private long[] high = new long[8];
    private long[] low = new long[8];
    private long[] bytes = new long[8];
    private int size;

    /// Where the packs are in the arrays, by their hash; a power of two, at most half full.
    private int[] index = free(16);

    private static int[] free(int length) {
        int[] index = new int[length];
        Arrays.fill(index, FREE);
        return index;
    }

    /// How many packs there are.
    public int size() {
        return size;
    }

    /// Counts bytes for a pack, on top of what it has.
    public void add(PackId pack, long more) {
        int place = place(index, pack.high(), pack.low());
        if (index[place] != FREE) {
            bytes[index[place]] += more;
            return;
        }
        if (size == high.length) {
            grow();
            place = place(index, pack.high(), pack.low());
        }
        high[size] = pack.high();
        low[size] = pack.low();
        bytes[size] = more;
        index[place] = size;
        size++;
    }

    /// What a pack has.
    ///
    /// @param absent the answer where it is not there
    public long bytes(PackId pack, long absent) {
        int at = index[place(index, pack.high(), pack.low())];
        return at == FREE ? absent : bytes[at];
    }

    /// What all of them have.
    public long bytes() {
        return Arrays.stream(bytes, 0, size).sum();
    }

    /// Shows each pack, in the order in which they came.
    public void forEach(ObjLongConsumer<PackId> visitor) {
        for (int i = 0; i < size; i++) {
            visitor.accept(new PackId(high[i], low[i]), bytes[i]);
        }
    }

    /// The packs, sorted.
    public List<PackId> sorted() {
        return IntStream.range(0, size)
                .mapToObj(i -> new PackId(high[i], low[i]))
                .sorted()
                .toList();
    }

    /// Whether both have the same packs, with as many bytes.
    public boolean isSameAs(PackTable other) {
        return size == other.size
                && IntStream.range(0, size)
                        .allMatch(i -> bytes[i] == other.bytes(new PackId(high[i], low[i]), FREE));
    }

    private int place(int[] places, long wantedHigh, long wantedLow) {
        int mask = places.length - 1;
        int place = Long.hashCode(wantedHigh * 31 + wantedLow) & mask;
        while (places[place] != FREE
                && (high[places[place]] != wantedHigh || low[places[place]] != wantedLow)) {
            place = (place + 1) & mask;
        }
        return place;
    }

    private void grow() {
        int room = size + (size >> 1);
        high = Arrays.copyOf(high, room);
        low = Arrays.copyOf(low, room);
        bytes = Arrays.copyOf(bytes, room);
        if (index.length < 2 * room) {
            int[] larger = free(Integer.highestOneBit(2 * room - 1) << 1);
            for (int i = 0; i < size; i++) {
                larger[place(larger, high[i], low[i])] = i;
            }
            index = larger;
        }
    }
}

package io.howdah.backup.pack;

import io.howdah.backup.chunk.ChunkCodec;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Reads chunks back, and says of each whether it is what it must be. Those that lie near each
/// other in a pack are fetched at once, wherever they belong. For one thread; to be closed.
public final class PackReader implements AutoCloseable {

    /// How much is fetched at once.
    private static final int FETCH_BYTES = 4 << 20;

    /// What lies between two chunks is fetched too if it is not more: less than a request costs.
    private static final int GAP_BYTES = 64 << 10;

    /// Hears of every chunk.
    public interface Receiver {

        /// A chunk that is what it must be.
        ///
        /// @param index its place in the list that was asked for
        /// @param bytes its content, until this method returns
        /// @param length how many bytes it has
        void whole(int index, byte[] bytes, int length);

        /// A chunk that is not.
        ///
        /// @param how what is wrong with it, as in `its pack is missing`
        void damaged(int index, String how);
    }

    private final ReadAhead store;
    private final ChunkCodec codec = new ChunkCodec(ChunkCodec.DEFAULT_LEVEL);
    private final ChunkHasher hasher = new ChunkHasher();
    private final byte[] content = new byte[ChunkSize.MOST_BYTES];

    /// @param store which readers of one manifest share
    public PackReader(ReadAhead store) {
        this.store = store;
    }

    /// Reads chunks, pack by pack and in the order in which they lie there: of a file whose pages
    /// changed singly, each second chunk may lie in another pack than the one before.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public void read(List<ChunkReference> chunks, Receiver receiver) {
        Map<PackId, List<Integer>> packs = new LinkedHashMap<>();
        for (int index = 0; index < chunks.size(); index++) {
            packs.computeIfAbsent(chunks.get(index).pack(), _ -> new ArrayList<>()).add(index);
        }
        for (List<Integer> indexes : packs.values()) {
            indexes.sort(Comparator.comparingInt(index -> chunks.get(index).offset()));
            readPack(chunks, indexes, receiver);
        }
    }

    /// @param indexes of chunks of one pack, in its order
    private void readPack(List<ChunkReference> chunks, List<Integer> indexes, Receiver receiver) {
        int from = 0;
        while (from < indexes.size()) {
            int begin = chunks.get(indexes.get(from)).offset();
            int end = chunks.get(indexes.get(from)).end();
            int to = from + 1;
            while (to < indexes.size()
                    && chunks.get(indexes.get(to)).offset() - end <= GAP_BYTES
                    && chunks.get(indexes.get(to)).end() - begin <= FETCH_BYTES) {
                end = Math.max(end, chunks.get(indexes.get(to)).end());
                to++;
            }
            readRun(chunks, indexes.subList(from, to), end, receiver);
            from = to;
        }
    }

    private void readRun(
            List<ChunkReference> chunks, List<Integer> indexes, int end, Receiver receiver) {
        ChunkReference first = chunks.get(indexes.getFirst());
        ReadAhead.Part stored;
        try {
            stored = store.read(first.pack(), first.offset(), end - first.offset());
        } catch (ObjectMissingException e) {
            indexes.forEach(index ->
                    receiver.damaged(index, "its pack " + first.pack().object() + " is missing"));
            return;
        } catch (ObjectDamagedException e) {
            readSingly(chunks, indexes, receiver);
            return;
        }
        for (int index : indexes) {
            readOne(chunks.get(index), stored, index, receiver);
        }
    }

    /// Tells the damaged ones of a run from the others.
    private void readSingly(List<ChunkReference> chunks, List<Integer> indexes, Receiver receiver) {
        if (indexes.size() == 1) {
            int index = indexes.getFirst();
            receiver.damaged(
                    index, "its pack " + chunks.get(index).pack().object() + " was changed there");
            return;
        }
        for (int index : indexes) {
            readRun(chunks, List.of(index), chunks.get(index).end(), receiver);
        }
    }

    private void readOne(ChunkReference chunk, ReadAhead.Part part, int index, Receiver receiver) {
        int at = chunk.offset() - part.from();
        byte[] stored = part.bytes();
        String where = " at " + chunk.offset() + " in " + chunk.pack().object();
        if (at + chunk.length() > stored.length) {
            receiver.damaged(index, "its pack ends before it," + where);
            return;
        }
        int length = codec.decompress(stored, at, chunk.length(), content);
        if (length < 0) {
            receiver.damaged(index, "it cannot be decompressed," + where);
        } else if (!hasher.hash(content, 0, length).equals(chunk.hash())) {
            receiver.damaged(index, "its hash is wrong," + where);
        } else {
            receiver.whole(index, content, length);
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}

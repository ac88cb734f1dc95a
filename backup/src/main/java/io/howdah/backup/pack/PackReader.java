package io.howdah.backup.pack;

import io.howdah.backup.chunk.ChunkCodec;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.List;

/// Reads chunks back, and says of each whether it is what it must be. Those that lie behind each
/// other are fetched at once. For one thread; to be closed.
public final class PackReader implements AutoCloseable {

    /// How much is fetched at once.
    private static final int FETCH_BYTES = 4 << 20;

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

    private final ObjectStore store;
    private final ChunkCodec codec = new ChunkCodec(ChunkCodec.DEFAULT_LEVEL);
    private final ChunkHasher hasher = new ChunkHasher();
    private final byte[] content = new byte[ChunkSize.MOST_BYTES];

    public PackReader(ObjectStore store) {
        this.store = store;
    }

    /// Reads chunks, in their order.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public void read(List<ChunkReference> chunks, Receiver receiver) {
        int from = 0;
        while (from < chunks.size()) {
            int to = from + 1;
            int bytes = chunks.get(from).length();
            while (to < chunks.size()
                    && chunks.get(to).follows(chunks.get(to - 1))
                    && bytes + chunks.get(to).length() <= FETCH_BYTES) {
                bytes += chunks.get(to).length();
                to++;
            }
            readRun(chunks, from, to, bytes, receiver);
            from = to;
        }
    }

    private void readRun(
            List<ChunkReference> chunks, int from, int to, int bytes, Receiver receiver) {
        ChunkReference first = chunks.get(from);
        byte[] stored;
        try {
            stored = store.get(first.pack().object(), first.offset(), bytes);
        } catch (ObjectMissingException e) {
            for (int index = from; index < to; index++) {
                receiver.damaged(index, "its pack " + first.pack().object() + " is missing");
            }
            return;
        } catch (ObjectDamagedException e) {
            readSingly(chunks, from, to, receiver);
            return;
        }
        for (int index = from; index < to; index++) {
            readOne(chunks.get(index), stored, first.offset(), index, receiver);
        }
    }

    /// Tells the damaged ones of a run from the others.
    private void readSingly(List<ChunkReference> chunks, int from, int to, Receiver receiver) {
        if (to - from == 1) {
            receiver.damaged(
                    from, "its pack " + chunks.get(from).pack().object() + " was changed there");
            return;
        }
        for (int index = from; index < to; index++) {
            readRun(chunks, index, index + 1, chunks.get(index).length(), receiver);
        }
    }

    private void readOne(
            ChunkReference chunk, byte[] stored, int storedFrom, int index, Receiver receiver) {
        int at = chunk.offset() - storedFrom;
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

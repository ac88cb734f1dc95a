package io.howdah.backup.take;

import io.howdah.backup.chunk.ChunkCodec;
import io.howdah.backup.chunk.ChunkHash;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackWriter;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes references of chunks: one that was there before stays as it is, the others are compressed
/// and go into packs, those of one file behind each other. For one thread; to be closed.
final class Chunker implements AutoCloseable {

    private static final int BATCH_BYTES = 1 << 20;

    private record Fresh(int index, ChunkHash hash, int offset, int length) {}

    private final PackWriter packs;
    private final ChunkHasher hasher = new ChunkHasher();
    private final ChunkCodec codec;
    private final byte[] batch = new byte[BATCH_BYTES + ChunkCodec.bound(ChunkSize.MOST_BYTES)];
    private final List<Fresh> fresh = new ArrayList<>();
    private int batchLength;
    private ArrayList<@Nullable ChunkReference> references = new ArrayList<>();

    Chunker(PackWriter packs, int level) {
        this.packs = packs;
        this.codec = new ChunkCodec(level);
    }

    /// Adds the next chunk.
    ///
    /// @param before what stood at its place in the backup before; null for nothing
    void add(byte[] bytes, int offset, int length, @Nullable ChunkReference before) {
        ChunkHash hash = hasher.hash(bytes, offset, length);
        if (before != null && before.hash().equals(hash) && packs.isUsable(before)) {
            references.add(before);
            return;
        }
        int stored = codec.compress(bytes, offset, length, batch, batchLength);
        fresh.add(new Fresh(references.size(), hash, batchLength, stored));
        references.add(null);
        batchLength += stored;
        if (batchLength >= BATCH_BYTES) {
            store();
        }
    }

    /// The references of all chunks since the last call.
    List<ChunkReference> take() {
        store();
        var taken = new ArrayList<ChunkReference>(references.size());
        for (ChunkReference reference : references) {
            if (reference == null) {
                throw new IllegalStateException("a chunk was not stored");
            }
            taken.add(reference);
        }
        references = new ArrayList<>();
        return taken;
    }

    /// Forgets all chunks since the last call of [#take], after something went wrong.
    void forget() {
        references = new ArrayList<>();
        fresh.clear();
        batchLength = 0;
    }

    private void store() {
        if (batchLength == 0) {
            return;
        }
        PackWriter.Place place = packs.append(batch, batchLength);
        for (Fresh each : fresh) {
            references.set(
                    each.index,
                    new ChunkReference(
                            each.hash, place.pack(), place.offset() + each.offset, each.length));
        }
        fresh.clear();
        batchLength = 0;
    }

    @Override
    public void close() {
        codec.close();
    }
}

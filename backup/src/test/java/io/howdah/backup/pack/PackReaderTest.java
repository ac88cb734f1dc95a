package io.howdah.backup.pack;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.chunk.ChunkCodec;
import io.howdah.backup.chunk.ChunkHasher;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoredObject;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class PackReaderTest {

    private static final int CHUNK_BYTES = 16 << 10;

    private final CountingStore store = new CountingStore();
    private final Random random = new Random(7);
    private final List<byte[]> contents = new ArrayList<>();
    private final Map<Integer, byte[]> whole = new TreeMap<>();
    private final Map<Integer, String> damaged = new TreeMap<>();

    @Test
    void fileWhoseChunksLieInTwoPacksByTurnsIsFetchedInTwo() {
        List<ChunkReference> older = pack(100);
        List<ChunkReference> newer = pack(100);
        var file = new ArrayList<ChunkReference>();
        for (int index = 0; index < 200; index++) {
            file.add((index % 2 == 0 ? older : newer).get(index / 2));
        }

        read(file);

        assertThat(store.reads).isEqualTo(2);
        assertThat(damaged).isEmpty();
        for (int index = 0; index < 200; index++) {
            assertThat(whole.get(index))
                    .as("chunk %d", index)
                    .isEqualTo(contents.get(index % 2 * 100 + index / 2));
        }
    }

    @Test
    void chunksFarApartAreNotFetchedWithAllThatLiesBetween() {
        List<ChunkReference> chunks = pack(100);

        read(List.of(chunks.get(99), chunks.get(0)));

        assertThat(store.bytes).isEqualTo(chunks.get(0).length() + chunks.get(99).length());
        assertThat(whole.get(0)).isEqualTo(contents.get(99));
        assertThat(whole.get(1)).isEqualTo(contents.get(0));
    }

    @Test
    void damagedChunkIsToldFromItsNeighbours() {
        List<ChunkReference> chunks = pack(10);
        ObjectName name = chunks.getFirst().pack().object();
        byte[] bytes = store.get(name, 0, 1 << 28);
        bytes[chunks.get(4).offset() + chunks.get(4).length() / 2]++;
        PutOutcome _ = store.put(name, Content.of(bytes), PutMode.REPLACE);

        read(chunks);

        assertThat(damaged).containsOnlyKeys(4);
        assertThat(whole).hasSize(9).doesNotContainKey(4);
    }

    /// A thousand small files, each read for itself, by readers that do not come in order.
    @Test
    void smallFilesThatLieOneBehindTheOtherAreFetchedTogether() {
        List<ChunkReference> chunks = pack(1_000);
        var shared = new ReadAhead(store);
        store.reads = 0;
        store.bytes = 0;
        try (var one = new PackReader(shared);
                var other = new PackReader(shared)) {
            for (int i = 0; i < 1_000; i += 4) {
                read(one, chunks.subList(i + 2, i + 4));
                read(other, chunks.subList(i, i + 1));
                read(one, chunks.subList(i + 1, i + 2));
            }
        }
        assertThat(store.reads).isLessThan(30);
        assertThat(store.bytes).isLessThan(3L * 1_000 * CHUNK_BYTES);
        assertThat(damaged).isEmpty();
    }

    @Test
    void whatIsReadHereAndThereIsFetchedAlone() {
        List<ChunkReference> chunks = pack(1_000);
        var shared = new ReadAhead(store);
        store.reads = 0;
        store.bytes = 0;
        try (var reader = new PackReader(shared)) {
            for (int i = 0; i < 1_000; i += 50) {
                read(reader, chunks.subList(i, i + 1));
            }
        }
        assertThat(store.reads).isEqualTo(20);
        assertThat(store.bytes).isLessThan(21L * ChunkCodec.bound(CHUNK_BYTES));
    }

    @Test
    void damageBesideAPartIsNotItsOwn() {
        List<ChunkReference> chunks = pack(40);
        store.damaged = chunks.get(30).offset();
        try (var reader = new PackReader(new ReadAhead(store))) {
            for (int i = 0; i < 40; i++) {
                damaged.clear();
                read(reader, List.of(chunks.get(i)));
                assertThat(damaged.isEmpty()).as("chunk %d", i).isEqualTo(i != 30);
            }
        }
    }

    private void read(List<ChunkReference> chunks) {
        store.reads = 0;
        store.bytes = 0;
        try (var reader = new PackReader(new ReadAhead(store))) {
            read(reader, chunks);
        }
    }

    private void read(PackReader reader, List<ChunkReference> chunks) {
        reader.read(
                chunks,
                new PackReader.Receiver() {
                    @Override
                    public void whole(int index, byte[] bytes, int length) {
                        whole.put(index, Arrays.copyOf(bytes, length));
                    }

                    @Override
                    public void damaged(int index, String how) {
                        damaged.put(index, how);
                    }
                });
    }

    /// Stores a pack of chunks that do not get smaller.
    private List<ChunkReference> pack(int count) {
        var id = PackId.random();
        var chunks = new ArrayList<ChunkReference>();
        var hasher = new ChunkHasher();
        byte[] pack = new byte[count * ChunkCodec.bound(CHUNK_BYTES)];
        int length = 0;
        try (var codec = new ChunkCodec(ChunkCodec.DEFAULT_LEVEL)) {
            for (int i = 0; i < count; i++) {
                byte[] content = new byte[CHUNK_BYTES];
                random.nextBytes(content);
                contents.add(content);
                int stored = codec.compress(content, 0, CHUNK_BYTES, pack, length);
                chunks.add(
                        new ChunkReference(
                                hasher.hash(content, 0, CHUNK_BYTES), id, length, stored));
                length += stored;
            }
        }
        PutOutcome _ = store.put(id.object(), Content.of(pack, length), PutMode.IF_ABSENT);
        return chunks;
    }

    /// Counts what is read of it.
    private static final class CountingStore implements ObjectStore {

        private final MemoryStore store = new MemoryStore();
        private long damaged = -1;
        private int reads;
        private long bytes;

        @Override
        public PutOutcome put(ObjectName name, Content content, PutMode mode) {
            return store.put(name, content, mode);
        }

        @Override
        public InputStream get(ObjectName name) {
            return store.get(name);
        }

        @Override
        public byte[] get(ObjectName name, long offset, int length) {
            if (offset <= damaged && damaged < offset + length) {
                throw new ObjectDamagedException(name, "a test", "one byte", null);
            }
            byte[] read = store.get(name, offset, length);
            reads++;
            bytes += read.length;
            return read;
        }

        @Override
        public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
            return store.list(prefix, after);
        }

        @Override
        public void delete(ObjectName name) {
            store.delete(name);
        }
    }
}

package io.howdah.backup.manifest;

import io.howdah.backup.chunk.ChunkHash;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.pack.PackTable;
import io.howdah.backup.pack.UsablePacks;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoredObject;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// What a worker holds in memory while it takes a backup of ten terabytes of which nothing can be
/// compressed, beside a repository that has as much already: all packs, without their content.
/// Fewer chunks are in each than there would be; of these nothing is held. A process of its own,
/// whose heap has a bound.
final class TenTerabytes {

    private static final int PACKS = 655_360;
    private static final int PACK_BYTES = 16 << 20;
    private static final int CHUNKS = 8;
    private static final int PACKS_OF_A_FILE = 64;

    private TenTerabytes() {}

    /// Names of packs go on evenly, so that they need no room themselves.
    private static PackId pack(long number) {
        return new PackId(number << 44, number * 0x9E3779B97F4A7C15L);
    }

    private static final class Repository implements ObjectStore {

        private int objects;

        @Override
        public PutOutcome put(ObjectName name, Content content, PutMode mode) {
            objects++;
            return PutOutcome.STORED;
        }

        @Override
        public InputStream get(ObjectName name) {
            throw new ObjectMissingException(name, toString());
        }

        @Override
        public byte[] get(ObjectName name, long offset, int length) {
            throw new ObjectMissingException(name, toString());
        }

        @Override
        public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
            long first = after == null ? 0 : (PackId.parse(after).orElseThrow().high() >>> 44) + 1;
            return LongStream.range(first, Math.min(PACKS, first + PAGE))
                    .mapToObj(number ->
                            new StoredObject(pack(number).object(), PACK_BYTES, Instant.EPOCH))
                    .toList();
        }

        @Override
        public void delete(ObjectName name) {}

        @Override
        public String toString() {
            return "a store that keeps nothing";
        }
    }

    public static void main(String... arguments) {
        var store = new Repository();
        UsablePacks usable = UsablePacks.read(store, Set.of());
        var stored = new PackTable();
        var manifest =
                new ManifestWriter(
                        store, "manifest", () -> 0, () -> {}, () -> {}, ManifestWriter.PART_BYTES);
        var random = new SplittableRandom(1);
        for (int number = 0; number < PACKS; number++) {
            if (number % PACKS_OF_A_FILE == 0) {
                manifest.file(
                        new ManifestLine.File(
                                "base/1/" + number / PACKS_OF_A_FILE, 1 << 30, 0600, 16_384));
            }
            stored.add(pack(number), PACK_BYTES);
            for (int i = 0; i < CHUNKS; i++) {
                manifest.chunk(
                        new ChunkReference(
                                new ChunkHash(random.nextLong(), random.nextLong()),
                                pack(number),
                                i * (PACK_BYTES / CHUNKS),
                                PACK_BYTES / CHUNKS));
            }
        }
        ManifestSummary summary = manifest.end();
        System.out.printf(
                "%d packs, %d stored, %d objects of the manifest%n",
                summary.packs(), stored.size(), store.objects);
        if (usable.equals(UsablePacks.NONE)) {
            throw new IllegalStateException("nothing is held");
        }
    }
}

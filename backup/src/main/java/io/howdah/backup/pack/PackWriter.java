package io.howdah.backup.pack;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreException;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Fills packs and stores them. Threads that read files share one open pack; whoever fills it
/// stores it, while the others go on with the next one. Thread-safe.
public final class PackWriter {

    /// When a pack is stored.
    public static final int PACK_BYTES = 16 << 20;

    /// How many packs there are in memory, however many threads fill them: more would only wait for
    /// the store. A worker may take backups into several repositories at once.
    private static final int MOST_PACKS = 3;

    /// The most that one call of [#append] may bring.
    public static final int MOST_BATCH_BYTES = 2 << 20;

    /// Where a batch lies.
    ///
    /// @param pack the pack
    /// @param offset where the batch begins in it
    public record Place(PackId pack, int offset) {}

    private static final class Full {
        private final PackId id;
        private final byte[] buffer;
        private final int length;
        private final CompletableFuture<Void> stored = new CompletableFuture<>();

        Full(PackId id, byte[] buffer, int length) {
            this.id = id;
            this.buffer = buffer;
            this.length = length;
        }
    }

    private final ObjectStore store;
    private final UsablePacks usable;
    private final AtomicLong storedBytes = new AtomicLong();

    // guarded by this
    private final Map<PackId, CompletableFuture<Void>> underWay = new HashMap<>();
    private final PackTable stored = new PackTable(); // how many bytes each has
    private int packs;
    private final Deque<byte[]> free = new ArrayDeque<>(); // of those that were stored
    private byte @Nullable [] open;
    private int length;
    private PackId id = PackId.random();

    /// @param usable the earlier packs that can be referred to
    public PackWriter(ObjectStore store, UsablePacks usable) {
        this.store = store;
        this.usable = usable;
    }

    /// Whether a chunk of an earlier backup can be referred to where it lies.
    public boolean isUsable(ChunkReference chunk) {
        return usable.holds(chunk);
    }

    /// Adds chunks that lie one behind the other. They are stored some time later: [#flush].
    ///
    /// @param batchLength 1 to [#MOST_BATCH_BYTES]
    /// @throws StoreException when a pack that is full now cannot be stored
    public Place append(byte[] batch, int batchLength) {
        Place place;
        Full full;
        synchronized (this) {
            System.arraycopy(batch, 0, opened(), length, batchLength);
            place = new Place(id, length);
            length += batchLength;
            full = length >= PACK_BYTES ? take() : null;
        }
        if (full != null) {
            put(full);
        }
        return place;
    }

    private synchronized byte[] opened() {
        try {
            while (open == null && packs >= MOST_PACKS) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException("it was interrupted", "run it again", e);
        }
        byte[] buffer = open;
        if (buffer == null) {
            byte[] used = free.poll();
            buffer = used == null ? new byte[PACK_BYTES + MOST_BATCH_BYTES] : used;
            open = buffer;
            packs++;
        }
        return buffer;
    }

    private synchronized void closed() {
        packs--;
        notifyAll();
    }

    /// Returns when everything that was added before is stored.
    ///
    /// @throws StoreException when a pack could not be stored
    public void flush() {
        Full rest;
        List<CompletableFuture<Void>> others;
        synchronized (this) {
            others = List.copyOf(underWay.values());
            rest = length > 0 ? take() : null;
        }
        if (rest != null) {
            put(rest);
        }
        try {
            others.forEach(CompletableFuture::join);
        } catch (CompletionException e) {
            throw e.getCause() instanceof StoreException failed ? failed : e;
        }
    }

    /// Sees that the store has all that it has confirmed, each as long as it was put: by one list,
    /// before a backup that refers to it exists.
    ///
    /// @throws StoreUnavailableException when it has not, or cannot say
    public void requireStored() {
        if (stored().size() == 0) {
            return;
        }
        var there = new PackTable();
        store.forEach(
                PackId.FOLDER,
                object ->
                        PackId.parse(object.name())
                                .filter(pack -> stored().bytes(pack, -1) == object.size())
                                .ifPresent(pack -> there.add(pack, object.size())));
        int missing = stored().size() - there.size();
        if (missing > 0) {
            throw new StoreUnavailableException(
                    "%s confirmed %d packs and does not have them whole, such as %s"
                            .formatted(store, missing, firstMissing(there).object()),
                    "this store loses what it is given; use another one",
                    null);
        }
    }

    /// What was stored, after the last one: it is not added to any more.
    private synchronized PackTable stored() {
        return stored;
    }

    private PackId firstMissing(PackTable there) {
        return stored().sorted().stream()
                .filter(pack -> there.bytes(pack, -1) < 0)
                .findFirst()
                .orElseThrow();
    }

    /// How many bytes have been stored so far.
    public long storedBytes() {
        return storedBytes.get();
    }

    private Full take() {
        var full = new Full(id, Objects.requireNonNull(open), length);
        underWay.put(id, full.stored);
        open = null;
        length = 0;
        id = PackId.random();
        return full;
    }

    private void put(Full full) {
        try {
            PutOutcome _ =
                    store.put(
                            full.id.object(),
                            Content.of(full.buffer, full.length),
                            PutMode.IF_ABSENT);
            storedBytes.addAndGet(full.length);
            synchronized (this) {
                free.push(full.buffer);
                underWay.remove(full.id);
                stored.add(full.id, full.length);
            }
            full.stored.complete(null);
        } catch (RuntimeException e) {
            // It stays among those under way, so that no later flush succeeds.
            full.stored.completeExceptionally(e);
            throw e;
        } finally {
            closed();
        }
    }
}

package io.howdah.backup.pack;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads parts of packs for several readers that go through a manifest together. A thousand small
/// files lie one behind the other in a pack, and to a bucket each of their parts would be a request
/// of its own, of a hundredth of a second or several. So where parts are asked for in a row, more
/// is fetched than was asked for, and ever more as the row goes on; what the next ones want is
/// there then. Who asks here and there gets what he asks for. Thread-safe.
public final class ReadAhead {

    /// A row begins where the next part lies no farther from the last one: readers do not come in
    /// order.
    private static final int NEAR_BYTES = 256 << 10;

    /// How much is fetched for the second one of a row, and how much at most.
    private static final int FIRST_BYTES = 128 << 10;

    private static final int MOST_BYTES = 2 << 20;

    private static final int GROWTH = 4;

    /// So much is held at once: this many windows, of [#MOST_BYTES] at most.
    private static final int WINDOWS = 6;

    /// A backup refers to many packs; in this many a row is known to go on.
    private static final int ROWS = 64;

    private static final Logger LOG = LoggerFactory.getLogger(ReadAhead.class);

    /// A part of a pack, or more than that.
    static final class Part {
        private final int from;
        private final byte[] bytes;

        private Part(int from, byte[] bytes) {
            this.from = from;
            this.bytes = bytes;
        }

        /// Where its first byte lies in the pack.
        int from() {
            return from;
        }

        /// Not to be changed; they end early where the pack does.
        byte[] bytes() {
            return bytes;
        }
    }

    /// Whoever comes first fetches it, and the others wait for him.
    private record Window(PackId pack, int from, int length, FutureTask<byte[]> fetch) {

        boolean covers(PackId wanted, int offset, int end) {
            return pack.equals(wanted) && from <= offset && end <= from + length;
        }
    }

    /// @param end of the part that was asked for farthest behind
    /// @param bytes how much was fetched last; 0 before there was a second part
    private record Row(int end, int bytes) {}

    private final ObjectStore store;
    private final Deque<Window> windows = new ArrayDeque<>(); // the newest first
    private final Map<PackId, Row> rows = new LinkedHashMap<>(); // what was used last at the end

    /// @param store where the packs lie
    public ReadAhead(ObjectStore store) {
        this.store = store;
    }

    /// Reads a part, and perhaps what lies beside it.
    ///
    /// @throws ObjectMissingException when the pack is not there
    /// @throws ObjectDamagedException when the store knows that the part is not what was put
    /// @throws StoreUnavailableException when that cannot be said
    Part read(PackId pack, int offset, int length) {
        Window window = window(pack, offset, length);
        if (window != null) {
            window.fetch.run();
            try {
                return new Part(window.from, window.fetch.get());
            } catch (ExecutionException e) {
                LOG.debug("what lies beside a part is not to be had: {}", e.getMessage());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new BackupException("it was interrupted", "run it again", e);
            }
        }
        return new Part(offset, store.get(pack.object(), offset, length));
    }

    /// In which window a part is, or will be; null where it is to be fetched alone.
    private synchronized @Nullable Window window(PackId pack, int offset, int length) {
        Optional<Window> there =
                windows.stream()
                        .filter(each -> each.covers(pack, offset, offset + length))
                        .findFirst();
        int ahead = goOn(pack, offset, offset + length, there.isPresent());
        if (there.isPresent() || ahead <= length) {
            return there.orElse(null);
        }
        var made =
                new Window(
                        pack,
                        offset,
                        ahead,
                        new FutureTask<>(() -> store.get(pack.object(), offset, ahead)));
        windows.addFirst(made);
        if (windows.size() > WINDOWS) {
            windows.removeLast();
        }
        return made;
    }

    /// @param covered whether a window has it
    /// @return how much is to be fetched where none has
    private int goOn(PackId pack, int offset, int end, boolean covered) {
        Row row = rows.remove(pack);
        Row next;
        if (row == null || Math.abs((long) offset - row.end) > NEAR_BYTES) {
            next = new Row(end, 0);
        } else if (covered) {
            next = new Row(Math.max(row.end, end), row.bytes);
        } else {
            int more = Math.max(FIRST_BYTES, Math.min(MOST_BYTES, row.bytes * GROWTH));
            next = new Row(Math.max(row.end, end), more);
        }
        rows.put(pack, next);
        if (rows.size() > ROWS) {
            rows.remove(rows.keySet().iterator().next());
        }
        return next.bytes;
    }
}

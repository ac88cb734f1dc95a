package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a recovering server the files that it asks for. A segment that is not complete is joined
/// from its pieces and filled up with zeros, which end recovery as the end of WAL does.
/// Thread-safe.
public final class WalSource {

    private static final Pattern HISTORY = Pattern.compile("([0-9A-F]{8})\\.history");
    private static final int BUFFER_BYTES = 128 * 1024;
    private static final Lsn ENDLESS = new Lsn(-1);
    private static final Logger LOG = LoggerFactory.getLogger(WalSource.class);

    private final ObjectStore store;
    private final WalNames names;
    private final TimelineHistory line;
    private final int segmentBytes;
    private final Lsn limit;
    private final WalInspection inspection;
    private final AtomicReference<@Nullable BackupException> damage;

    /// @param store of a repository
    /// @param system whose WAL it is
    /// @param line the timelines to recover along: of an older one nothing is given that lies past
    ///   the point where the line leaves it, though the repository may hold it
    /// @param segmentBytes the size of a segment, as the server's control file says
    /// @throws IllegalArgumentException when segments cannot have this size
    public WalSource(ObjectStore store, SystemId system, TimelineHistory line, int segmentBytes) {
        this(
                store,
                new WalNames(system),
                line,
                WalSegment.requireSize(segmentBytes),
                ENDLESS,
                WalInspection.NONE,
                new AtomicReference<>());
    }

    private WalSource(
            ObjectStore store,
            WalNames names,
            TimelineHistory line,
            int segmentBytes,
            Lsn limit,
            WalInspection inspection,
            AtomicReference<@Nullable BackupException> damage) {
        this.store = store;
        this.names = names;
        this.line = line;
        this.segmentBytes = segmentBytes;
        this.limit = limit;
        this.inspection = inspection;
        this.damage = damage;
    }

    /// The same that gives nothing beyond a position, whatever the repository holds, or will.
    public WalSource upTo(Lsn position) {
        return new WalSource(store, names, line, segmentBytes, position, inspection, damage);
    }

    /// The same that gives of each segment what an inspection lets pass.
    public WalSource inspectedBy(WalInspection other) {
        return new WalSource(store, names, line, segmentBytes, limit, other, damage);
    }

    /// Fetches a file that a server asks for by its name in `pg_wal`.
    ///
    /// @param target a file that is made or replaced; what it holds is only right after `true`
    /// @return false when it is certain that the repository does not have it
    /// @throws StoreUnavailableException when that cannot be said
    /// @throws BackupException when it is damaged
    public boolean fetch(String name, Path target) {
        Optional<WalSegment> segment = WalSegment.named(name, segmentBytes);
        Matcher history = HISTORY.matcher(name);
        try {
            if (segment.isPresent()) {
                return fetch(segment.get(), target);
            }
            return history.matches() && fetchHistory(name, target);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot fetch " + name + " from " + store + ": " + e,
                    "look at the store and at the disk of " + target,
                    e);
        }
    }

    /// Which segment is damaged, and was given only as far as its pieces go: behind that is not the
    /// end of the WAL. Empty where there was none. The same for what [#upTo] and [#inspectedBy]
    /// make.
    public Optional<BackupException> damage() {
        return Optional.ofNullable(damage.get());
    }

    /// The segment that follows the one of that name on its timeline; empty for other files.
    Optional<String> following(String name, int distance) {
        return WalSegment.named(name, segmentBytes).map(segment -> segment.plus(distance).name());
    }

    private boolean fetchHistory(String name, Path target) throws IOException {
        try (InputStream in = store.get(new ObjectName(names.prefix() + name));
                FileChannel out = create(target)) {
            byte[] content = in.readAllBytes();
            write(out, content, content.length);
            return true;
        } catch (ObjectMissingException e) {
            return false;
        }
    }

    private boolean fetch(WalSegment segment, Path target) throws IOException {
        Lsn end = endOnTheLine(segment.timeline());
        if (segment.start().isAtLeast(end)) {
            return false;
        }
        try (FileChannel out = create(target)) {
            if (fill(segment, end, out).equals(segment.start())) {
                return false;
            }
            cut(segment, end, out);
            Lsn passes = inspection.limit(segment, out);
            cut(segment, passes, out);
            return !segment.start().isAtLeast(passes);
        } catch (ObjectDamagedException e) {
            throw damaged(segment, e);
        }
    }

    /// @param end up to where the segment counts
    /// @return up to where it was there: its start where it was not
    private Lsn fill(WalSegment segment, Lsn end, FileChannel out) throws IOException {
        try {
            if (fetchWhole(segment, out)) {
                return segment.end();
            }
        } catch (ObjectDamagedException e) {
            return fillInstead(segment, end, out, e);
        }
        Lsn reached = fetchPieces(segment, out);
        // Between a look for the segment and one for its pieces it may become complete.
        return reached.equals(segment.start()) && fetchWhole(segment, out)
                ? segment.end()
                : reached;
    }

    /// A segment of which a store has kept half has its pieces still.
    private Lsn fillInstead(
            WalSegment segment, Lsn end, FileChannel out, ObjectDamagedException cause)
            throws IOException {
        Lsn reached = fetchPieces(segment, out);
        if (reached.equals(segment.start())) {
            throw cause;
        }
        if (reached.compareTo(Lsn.min(end, segment.end())) < 0) {
            damage.compareAndSet(
                    null,
                    new BackupException(
                            cause.fact() + "; its pieces go to " + reached,
                            "restore to a moment before that by --to, or from another repository;"
                                    + " `howdah backup verify` names all that is damaged",
                            cause));
        }
        LOG.warn("{}: its pieces are used, up to {}", cause.fact(), reached);
        return reached;
    }

    /// Takes away what lies past a position.
    private void cut(WalSegment segment, Lsn end, FileChannel out) throws IOException {
        if (segment.end().compareTo(end) > 0) {
            zeros(out, Math.max(0, end.bytesSince(segment.start())));
        }
    }

    /// Up to where a timeline counts.
    private Lsn endOnTheLine(TimelineId timeline) {
        Lsn left = line.includes(timeline) ? line.endOf(timeline).orElse(ENDLESS) : ENDLESS;
        return Lsn.min(left, limit);
    }

    private boolean fetchWhole(WalSegment segment, FileChannel out) throws IOException {
        ObjectName name = names.segment(segment);
        try {
            out.truncate(0);
            copy(name, segment.range(), segment.start(), out);
            return true;
        } catch (ObjectMissingException e) {
            return false;
        }
    }

    /// Joins what follows from the segment's start without a gap.
    ///
    /// @return up to where
    private Lsn fetchPieces(WalSegment segment, FileChannel out) throws IOException {
        out.truncate(0);
        Lsn position = segment.start();
        for (WalRange piece : pieces(segment)) {
            if (!piece.contains(position)) {
                continue;
            }
            ObjectName name = names.piece(segment.timeline(), piece);
            try {
                copy(name, piece, position, out);
            } catch (ObjectMissingException e) {
                // They go when the segment is complete.
                return segment.start();
            }
            position = piece.end();
        }
        if (!position.equals(segment.start())) {
            zeros(out, position.bytesSince(segment.start()));
        }
        return position;
    }

    /// In order; of those that begin together, the longest first.
    private List<WalRange> pieces(WalSegment segment) {
        List<WalRange> found = new ArrayList<>();
        String prefix = names.tailPrefix(segment.timeline());
        store.forEach(
                prefix,
                (StoredObject object) -> {
                    if (names.parse(object.name()).orElse(null) instanceof WalNames.Piece piece
                            && segment.range().contains(piece.range().start())) {
                        found.add(piece.range());
                    }
                });
        found.sort(
                Comparator.comparing(WalRange::start)
                        .thenComparing(WalRange::end, Comparator.reverseOrder()));
        return found;
    }

    /// Writes an object's bytes from a position on to their place in the segment's file.
    private void copy(ObjectName name, WalRange range, Lsn from, FileChannel out)
            throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        try (InputStream in = new WalContent(store, name, range.bytes())) {
            in.skipNBytes(from.bytesSince(range.start()));
            out.position(from.value() & (segmentBytes - 1));
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                write(out, buffer, read);
            }
        }
    }

    /// Fills the file up: real zeros, as PostgreSQL uses files again and wants their room.
    private void zeros(FileChannel out, long from) throws IOException {
        out.truncate(from);
        out.position(from);
        byte[] zeros = new byte[BUFFER_BYTES];
        for (long left = segmentBytes - from; left > 0; left -= zeros.length) {
            write(out, zeros, (int) Math.min(left, zeros.length));
        }
    }

    private static FileChannel create(Path target) throws IOException {
        return FileChannel.open(
                target,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }

    private static void write(FileChannel out, byte[] bytes, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, length);
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }

    private static BackupException damaged(WalSegment segment, ObjectDamagedException e) {
        return new BackupException(
                e.fact(),
                "restore to a moment before "
                        + segment.start()
                        + ", or from another repository; `howdah backup verify` names all that is"
                        + " damaged",
                e);
    }
}

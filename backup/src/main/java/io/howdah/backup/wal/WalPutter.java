package io.howdah.backup.wal;

import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.TimelineHistoryFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts WAL into one repository. What is there already is compared: the same is as good as put
/// anew, anything else is refused. For one thread.
public final class WalPutter {

    private static final int BUFFER_BYTES = 128 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(WalPutter.class);

    private final ObjectStore store;
    private final WalNames names;
    private final Path packed;
    private final int level;

    /// Segments that were found damaged: each is read, and told of, once.
    private final Set<WalSegment> damaged = new HashSet<>();

    /// @param packed a file of this putter's own
    /// @param level of zstd
    public WalPutter(ObjectStore store, SystemId system, Path packed, int level) {
        this.store = store;
        this.names = new WalNames(system);
        this.packed = packed;
        this.level = level;
    }

    /// Puts a complete segment, sees that it is there, and removes its pieces.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    /// @throws WalConflictException when there is another one
    public void segment(WalSegment segment, Path file) {
        ObjectName name = names.segment(segment);
        OptionalLong stored = put(name, file, 0, segment.size());
        damaged.remove(segment);
        // Its pieces are all there is of it elsewhere: a store's word alone is not enough.
        requireStored(name, stored);
        List<ObjectName> pieces = new ArrayList<>();
        var complete = new HashMap<WalSegment, Boolean>(Map.of(segment, true));
        store.forEach(
                names.tailPrefix(segment.timeline()),
                object -> {
                    if (names.parse(object.name()).orElse(null) instanceof WalNames.Piece piece
                            && isOver(piece, segment, complete)) {
                        pieces.add(object.name());
                    }
                });
        pieces.forEach(store::delete);
    }

    /// Sees that an object is there, with as many bytes as were put.
    ///
    /// @param stored how many those were; empty where it was there before, and was read
    private void requireStored(ObjectName name, OptionalLong stored) {
        OptionalLong listed =
                store.list(name.text(), null).stream()
                        .filter(object -> object.name().equals(name))
                        .mapToLong(StoredObject::size)
                        .findFirst();
        if (listed.isEmpty() || (stored.isPresent() && !stored.equals(listed))) {
            String there =
                    listed.isEmpty()
                            ? "does not have it"
                            : "has %d bytes of it, not %d"
                                    .formatted(listed.getAsLong(), stored.orElse(0));
            throw new StoreUnavailableException(
                    store + " confirmed " + name + " and " + there,
                    "this store loses what it is given; use another one",
                    null);
        }
    }

    /// Whether a piece's own segment is complete: this one, or an earlier one, whose pieces a
    /// killed archiver has left. Those before a gap stay.
    ///
    /// @param complete what is known of it
    private boolean isOver(
            WalNames.Piece piece, WalSegment until, Map<WalSegment, Boolean> complete) {
        WalSegment own = WalSegment.at(piece.timeline(), piece.range().start(), until.size());
        return own.number() <= until.number()
                && !damaged.contains(own)
                && complete.computeIfAbsent(own, this::isWhole);
    }

    /// Whoever put it may have been killed before it was seen what the store has of it.
    private boolean isWhole(WalSegment segment) {
        ObjectName name = names.segment(segment);
        try (InputStream there = new WalContent(store, name, segment.size())) {
            long _ = there.transferTo(OutputStream.nullOutputStream());
            return true;
        } catch (ObjectMissingException e) {
            return false;
        } catch (ObjectDamagedException e) {
            LOG.warn("{}: its pieces stay", e.fact());
            damaged.add(segment);
            return false;
        } catch (IOException e) {
            throw unavailable(name, e);
        }
    }

    /// Puts a piece of a segment.
    ///
    /// @param file the segment's, as far as it has come
    /// @throws StoreUnavailableException when the store does not confirm it
    /// @throws WalConflictException when there is another one
    public void piece(WalSegment segment, WalRange range, Path file) {
        OptionalLong _ =
                put(
                        names.piece(segment.timeline(), range),
                        file,
                        range.start().bytesSince(segment.start()),
                        (int) range.bytes());
    }

    /// Compares what is there of a segment with what the server has. What is damaged is put anew.
    ///
    /// @param range the segment's, or a piece's
    /// @param file the segment's, as far as that
    /// @throws StoreUnavailableException when the store cannot say
    /// @throws WalConflictException when something else is there
    public void requireSame(WalSegment segment, WalRange range, Path file) {
        boolean whole = range.equals(segment.range());
        ObjectName name = whole ? names.segment(segment) : names.piece(segment.timeline(), range);
        try {
            long offset = range.start().bytesSince(segment.start());
            if (!isThere(name, file, offset, (int) range.bytes())) {
                if (whole) {
                    segment(segment, file);
                } else {
                    piece(segment, range, file);
                }
            }
        } catch (IOException e) {
            throw unavailable(name, e);
        }
    }

    /// Puts a timeline's history.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    /// @throws WalConflictException when there is another one
    public void history(TimelineHistoryFile history) {
        TimelineId timeline = history.history().current();
        ObjectName name = names.history(timeline);
        byte[] content = history.content().getBytes(StandardCharsets.UTF_8);
        if (store.put(name, Content.of(content), PutMode.IF_ABSENT) == PutOutcome.EXISTS
                && !isThere(name, timeline, content)) {
            LOG.warn("{} in {} is damaged: it is put anew", name, store);
            PutOutcome _ = store.put(name, Content.of(content), PutMode.REPLACE);
        }
    }

    private boolean isThere(ObjectName name, TimelineId timeline, byte[] content) {
        byte[] found;
        try (InputStream there = store.get(name)) {
            found = there.readAllBytes();
        } catch (TamperedException | ObjectDamagedException e) {
            return false;
        } catch (IOException e) {
            throw unavailable(name, e);
        }
        if (!Arrays.equals(found, content) && WalHistory.isWhole(timeline, found)) {
            throw new WalConflictException(name, store.toString());
        }
        return Arrays.equals(found, content);
    }

    /// @return how long the object is that was put; empty where it was there
    private OptionalLong put(ObjectName name, Path file, long offset, int length) {
        try {
            Content content = WalCodec.compress(file, offset, length, packed, level);
            if (store.put(name, content, PutMode.IF_ABSENT) == PutOutcome.EXISTS) {
                if (isThere(name, file, offset, length)) {
                    return OptionalLong.empty();
                }
                LOG.warn("{} in {} is damaged: it is put anew", name, store);
                PutOutcome _ = store.put(name, content, PutMode.REPLACE);
            }
            return OptionalLong.of(content.size());
        } catch (IOException e) {
            throw unavailable(name, e);
        }
    }

    /// Whether what is there is what is to be put. What is damaged is nobody's WAL, and not there.
    ///
    /// @throws WalConflictException when it is whole and something else
    private boolean isThere(ObjectName name, Path file, long offset, int length)
            throws IOException {
        boolean same;
        try (InputStream there = new WalContent(store, name, length);
                FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                Arena arena = Arena.ofConfined()) {
            same =
                    isSame(
                            there,
                            channel.map(FileChannel.MapMode.READ_ONLY, offset, length, arena)
                                    .asByteBuffer());
        } catch (ObjectMissingException | ObjectDamagedException e) {
            return false;
        }
        if (!same) {
            throw new WalConflictException(name, store.toString());
        }
        return true;
    }

    /// Reads to the end whatever comes: only there it is known whether it is whole.
    private static boolean isSame(InputStream there, ByteBuffer ours) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        boolean same = true;
        for (int read = there.read(buffer); read >= 0; read = there.read(buffer)) {
            same =
                    same
                            && ByteBuffer.wrap(buffer, 0, read)
                                    .equals(ours.slice(ours.position(), read));
            ours.position(ours.position() + read);
        }
        return same;
    }

    private StoreUnavailableException unavailable(ObjectName name, IOException e) {
        return new StoreUnavailableException(
                "cannot put " + name + " into " + store + ": " + e,
                "look at the store and at the disk of " + packed,
                e);
    }
}

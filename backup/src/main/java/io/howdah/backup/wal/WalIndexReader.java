package io.howdah.backup.wal;

import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts an index together. For one thread, once.
final class WalIndexReader {

    private static final Logger LOG = LoggerFactory.getLogger(WalIndexReader.class);

    private static final class Growing {
        private final List<WalRange> segments = new ArrayList<>();
        private final List<WalRange> pieces = new ArrayList<>();

        /// Segments come in order, so they never need more room than their gaps.
        void add(WalRange segment) {
            WalRange last = segments.isEmpty() ? null : segments.getLast();
            if (last != null && last.end().equals(segment.start())) {
                segments.set(segments.size() - 1, new WalRange(last.start(), segment.end()));
            } else {
                segments.add(segment);
            }
        }
    }

    private final ObjectStore store;
    private final WalNames names;
    private final Map<TimelineId, Growing> growing = new TreeMap<>();
    private final Map<TimelineId, TimelineHistory> histories = new HashMap<>();
    private final Map<TimelineId, String> damaged = new HashMap<>();
    private final List<WalNames.Segment> unsized = new ArrayList<>();
    private OptionalInt segmentBytes = OptionalInt.empty();

    WalIndexReader(ObjectStore store, WalNames names) {
        this.store = store;
        this.names = names;
    }

    WalIndex read() {
        store.forEach(names.prefix(), this::add);
        return index();
    }

    /// Segments sort before pieces.
    WalIndex read(TimelineHistory line, WalSegment from) {
        ObjectName before = from.number() == 0 ? null : names.segment(from.plus(-1));
        store.forEach(names.timelinePrefix(from.timeline()), before, this::add);
        line.ended().stream()
                .map(TimelineHistory.Ended::timeline)
                .filter(each -> each.compareTo(from.timeline()) > 0)
                .forEach(this::addAll);
        if (!from.timeline().equals(line.current())) {
            addAll(line.current());
        }
        return index();
    }

    private void addAll(TimelineId timeline) {
        store.forEach(names.timelinePrefix(timeline), this::add);
    }

    private WalIndex index() {
        var timelines = new TreeMap<TimelineId, TimelineWal>();
        growing.forEach((timeline, wal) ->
                timelines.put(timeline, new TimelineWal(wal.segments, wal.pieces)));
        return new WalIndex(segmentBytes, timelines, histories, damaged);
    }

    private void add(StoredObject object) {
        switch (names.parse(object.name()).orElse(null)) {
            case WalNames.Segment segment -> addSegment(object.name(), segment);
            case WalNames.Piece piece -> of(piece.timeline()).pieces.add(piece.range());
            case WalNames.History(TimelineId timeline) -> addHistory(object.name(), timeline);
            case null -> {}
        }
    }

    /// The first segment that is whole enough says how large all of them are.
    private void addSegment(ObjectName object, WalNames.Segment named) {
        if (segmentBytes.isEmpty()) {
            segmentBytes = size(object);
            if (segmentBytes.isEmpty()) {
                unsized.add(named);
                return;
            }
            unsized.forEach(this::addSegment);
        }
        addSegment(named);
    }

    private void addSegment(WalNames.Segment named) {
        segmentBytes.ifPresent(size ->
                WalSegment.named(named.name(), size)
                        .ifPresent(segment -> of(named.timeline()).add(segment.range())));
    }

    /// @return empty when it was removed since it was listed, or does not begin as a segment does
    private OptionalInt size(ObjectName object) {
        try {
            OptionalInt size = WalCodec.size(store.get(object, 0, WalCodec.HEADER_BYTES));
            return OptionalInt.of(WalSegment.requireSize(size.orElse(0)));
        } catch (ObjectMissingException | ObjectDamagedException | IllegalArgumentException e) {
            return OptionalInt.empty();
        }
    }

    private Growing of(TimelineId timeline) {
        return growing.computeIfAbsent(timeline, _ -> new Growing());
    }

    private void addHistory(ObjectName name, TimelineId timeline) {
        try (InputStream in = store.get(name)) {
            histories.put(
                    timeline, WalHistory.parse(timeline, in.readNBytes(WalHistory.MOST_BYTES)));
        } catch (ObjectMissingException e) {
            LOG.debug("{} went after it was listed", name);
        } catch (IllegalArgumentException | TamperedException e) {
            damaged.put(timeline, name + " in " + store + " is damaged: " + e.getMessage());
        } catch (ObjectDamagedException e) {
            damaged.put(timeline, e.fact());
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e, "try again", e);
        }
    }
}

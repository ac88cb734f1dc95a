package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// One file of PostgreSQL's WAL. Immutable.
///
/// @param timeline the timeline it belongs to
/// @param number which one it is, counted from position 0
/// @param size how many bytes a segment has: a power of two, 1 MiB to 1 GiB
public record WalSegment(TimelineId timeline, long number, int size) {

    private static final long HALF = 1L << 32;
    private static final int LEAST_BYTES = 1 << 20;
    private static final int MOST_BYTES = 1 << 30;
    private static final Pattern NAME = Pattern.compile("([0-9A-F]{8})([0-9A-F]{8})([0-9A-F]{8})");

    /// @throws IllegalArgumentException when there is no such size, or no such segment
    public WalSegment {
        requireSize(size);
        if (number < 0 || number > Long.divideUnsigned(-1L, size)) {
            throw new IllegalArgumentException("not a segment of WAL: number " + number);
        }
    }

    /// @return the size
    /// @throws IllegalArgumentException when segments cannot have this size
    static int requireSize(long size) {
        if (size < LEAST_BYTES || size > MOST_BYTES || Long.bitCount(size) != 1) {
            throw new IllegalArgumentException("not the size of a segment of WAL: " + size);
        }
        return (int) size;
    }

    /// The segment that holds a position.
    public static WalSegment at(TimelineId timeline, Lsn position, int size) {
        return new WalSegment(timeline, Long.divideUnsigned(position.value(), size), size);
    }

    /// The segment of that name; empty when it is not the name of one of this size.
    public static Optional<WalSegment> named(String name, int size) {
        Matcher parts = NAME.matcher(name);
        if (!parts.matches()) {
            return Optional.empty();
        }
        long timeline = Long.parseLong(parts.group(1), 16);
        long high = Long.parseLong(parts.group(2), 16);
        long low = Long.parseLong(parts.group(3), 16);
        if (timeline == 0 || low >= HALF / size) {
            return Optional.empty();
        }
        return Optional.of(
                new WalSegment(new TimelineId(timeline), high * (HALF / size) + low, size));
    }

    /// Its name in `pg_wal`: 24 hexadecimal digits.
    public String name() {
        long perHalf = HALF / size;
        return "%08X%08X%08X".formatted(timeline.value(), number / perHalf, number % perHalf);
    }

    /// The position of its first byte.
    public Lsn start() {
        return new Lsn(number * size);
    }

    /// The position behind its last byte.
    public Lsn end() {
        return new Lsn((number + 1) * size);
    }

    /// Its bytes, as a stretch of WAL.
    public WalRange range() {
        return new WalRange(start(), end());
    }

    /// A later segment of the same timeline.
    WalSegment plus(int count) {
        return new WalSegment(timeline, number + count, size);
    }

    @Override
    public String toString() {
        return name();
    }
}

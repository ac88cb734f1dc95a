package io.howdah.postgres;

/// A log sequence number: a byte position in PostgreSQL's write-ahead log, as an unsigned 64-bit
/// value. Written as PostgreSQL writes it, two hexadecimal halves: `0/5000A10`. Immutable.
///
/// @param value the position in bytes; compared unsigned
public record Lsn(long value) implements Comparable<Lsn> {

    /// The invalid LSN `0/0`, below every real position.
    public static final Lsn ZERO = new Lsn(0);

    /// Reads PostgreSQL's notation.
    ///
    /// @throws IllegalArgumentException when the text is not two hexadecimal numbers of 1 to 8
    ///   digits around a slash
    public static Lsn parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 1
                || slash > 8
                || text.length() - slash - 1 < 1
                || text.length() - slash - 1 > 8) {
            throw new IllegalArgumentException(
                    "not an LSN: '"
                            + text
                            + "' (expected two hexadecimal numbers, as in 0/5000A10)");
        }
        try {
            long high = Integer.parseUnsignedInt(text, 0, slash, 16);
            long low = Integer.parseUnsignedInt(text, slash + 1, text.length(), 16);
            return new Lsn((high << 32) | (low & 0xffff_ffffL));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "not an LSN: '"
                            + text
                            + "' (expected two hexadecimal numbers, as in 0/5000A10)",
                    e);
        }
    }

    /// Bytes from `earlier` to this position; negative when `earlier` is later.
    public long bytesSince(Lsn earlier) {
        return value - earlier.value;
    }

    /// Whether this position is at or past `other`.
    public boolean isAtLeast(Lsn other) {
        return compareTo(other) >= 0;
    }

    /// The later of two positions.
    public static Lsn max(Lsn a, Lsn b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    /// The earlier of two positions.
    public static Lsn min(Lsn a, Lsn b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    @Override
    public int compareTo(Lsn other) {
        return Long.compareUnsigned(value, other.value);
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(value >>> 32, value & 0xffff_ffffL);
    }
}

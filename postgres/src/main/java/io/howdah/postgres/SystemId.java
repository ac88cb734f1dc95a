package io.howdah.postgres;

/// The identity that initdb gives a database cluster and every copy of it keeps: an unsigned 64-bit
/// number. Immutable.
///
/// @param value the number, read unsigned
public record SystemId(long value) {

    /// Reads the decimal notation that `pg_controldata` and `IDENTIFY_SYSTEM` use.
    ///
    /// @throws IllegalArgumentException when the text is not an unsigned 64-bit decimal number
    public static SystemId parse(String text) {
        try {
            return new SystemId(Long.parseUnsignedLong(text));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("not a system identifier: '" + text + "'", e);
        }
    }

    @Override
    public String toString() {
        return Long.toUnsignedString(value);
    }
}

package io.howdah.node.configuration;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount of bytes, written as PostgreSQL writes it: `512MB`, `16kB`, `1GB`, or bytes without a
/// unit. Units are powers of 1024, and their case does not matter. Immutable.
///
/// @param bytes 0 or above
public record DataSize(long bytes) {

    private static final Pattern TEXT = Pattern.compile("([0-9]{1,18})\\s*(b|kb|mb|gb|tb)?");

    /// @throws IllegalArgumentException when negative
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size of " + bytes + " bytes is below 0");
        }
    }

    /// Reads a size.
    ///
    /// @throws IllegalArgumentException when the text is not one, or too large for 63 bits
    public static DataSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "not a size: '"
                            + text
                            + "' (expected such as 512MB, 16kB or a number of bytes)");
        }
        String unit = matcher.group(2);
        long factor =
                switch (unit == null ? "b" : unit) {
                    case "kb" -> 1L << 10;
                    case "mb" -> 1L << 20;
                    case "gb" -> 1L << 30;
                    case "tb" -> 1L << 40;
                    default -> 1L;
                };
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), factor));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("not a size: '" + text + "' (too large)", e);
        }
    }

    /// The largest unit that gives a whole number, as in `512MB`.
    @Override
    public String toString() {
        String[] units = {"TB", "GB", "MB", "kB"};
        for (int i = 0; i < units.length; i++) {
            long factor = 1L << (40 - 10 * i);
            if (bytes >= factor && bytes % factor == 0) {
                return bytes / factor + units[i];
            }
        }
        return bytes + "B";
    }
}

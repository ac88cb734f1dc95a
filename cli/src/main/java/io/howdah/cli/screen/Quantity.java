package io.howdah.cli.screen;

import java.util.Locale;

/// Sizes and durations as people read them.
public final class Quantity {

    private static final String[] UNITS = {"B", "kB", "MB", "GB", "TB", "PB"};

    private Quantity() {}

    /// Such as `0 B`, `16 kB`, `1.2 MB`; a kilobyte has 1024 bytes, as in PostgreSQL.
    ///
    /// @param bytes 0 or above
    public static String bytes(long bytes) {
        double amount = bytes;
        int unit = 0;
        while (amount >= 1024 && unit < UNITS.length - 1) {
            amount /= 1024;
            unit++;
        }
        boolean whole = unit == 0 || amount >= 10 || amount == Math.rint(amount);
        return String.format(Locale.ROOT, whole ? "%.0f %s" : "%.1f %s", amount, UNITS[unit]);
    }

    /// Such as `85 ms`, `1.3 s`, `4 min 10 s`, `3 h 5 min`.
    ///
    /// @param millis 0 or above
    public static String millis(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        if (millis < 60_000) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        long seconds = millis / 1000;
        return seconds < 3600
                ? seconds / 60 + " min " + seconds % 60 + " s"
                : seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }
}

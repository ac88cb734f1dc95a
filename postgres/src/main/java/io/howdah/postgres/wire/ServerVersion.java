package io.howdah.postgres.wire;

/// A server's version. Immutable.
///
/// @param major the number that decides about features and data directories, 15 for instance
/// @param minor the number of the update within it, 0 for a beta or development version
/// @param text as the server says it, as in `15.13 (Debian 15.13-0+deb12u1)`
public record ServerVersion(int major, int minor, String text) {

    /// Reads what the server reports as `server_version`.
    ///
    /// @throws IllegalArgumentException when it does not start with a number
    public static ServerVersion parse(String text) {
        int majorEnd = digitsEnd(text, 0);
        if (majorEnd == 0) {
            throw new IllegalArgumentException("not a version of PostgreSQL: '" + text + "'");
        }
        int major = Integer.parseInt(text, 0, majorEnd, 10);
        if (majorEnd == text.length() || text.charAt(majorEnd) != '.') {
            return new ServerVersion(major, 0, text);
        }
        int minorEnd = digitsEnd(text, majorEnd + 1);
        int minor =
                minorEnd == majorEnd + 1 ? 0 : Integer.parseInt(text, majorEnd + 1, minorEnd, 10);
        return new ServerVersion(major, minor, text);
    }

    private static int digitsEnd(String text, int from) {
        int end = from;
        while (end < text.length() && end < from + 6 && Character.isDigit(text.charAt(end))) {
            end++;
        }
        return end;
    }

    @Override
    public String toString() {
        return text;
    }
}

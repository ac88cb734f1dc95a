package io.howdah.postgres;

import java.util.Comparator;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A version of PostgreSQL, as in 18.6. A version before its release (`19beta1`) has minor 0.
/// Immutable.
///
/// @param major 10 or above
/// @param minor 0 or above
public record PostgresVersion(int major, int minor) implements Comparable<PostgresVersion> {

    /// The oldest major version that Howdah runs.
    public static final int OLDEST_SUPPORTED_MAJOR = 15;

    /// The newest major version that Howdah runs.
    public static final int NEWEST_SUPPORTED_MAJOR = 18;

    /// The first minor version of each major that is sound for synchronous replication: a start-up
    /// race, in which a commit did not wait for its standbys, was mended there (10-cluster.md).
    private static final Map<Integer, Integer> FIRST_SOUND_MINOR =
            Map.of(15, 13, 16, 9, 17, 5, 18, 0);

    private static final Pattern NOTATION =
            Pattern.compile(
                    "(?<![.\\w])(\\d{1,4})(?:\\.(\\d{1,4})|(?:beta|rc|devel|alpha)\\d*)?(?![.\\w])");

    /// @throws IllegalArgumentException when a number is out of range
    public PostgresVersion {
        if (major < 10 || minor < 0) {
            throw new IllegalArgumentException(
                    "not a PostgreSQL version: "
                            + major
                            + "."
                            + minor
                            + " (expected 10.0 or above)");
        }
    }

    /// Reads what PostgreSQL says of itself: `18.6`, `19beta1`, `15.18 (Debian 15.18-0+deb12u1)`,
    /// `postgres (PostgreSQL) 15.18`. The first version in the text counts.
    ///
    /// @throws IllegalArgumentException when there is none
    public static PostgresVersion parse(String text) {
        Matcher matcher = NOTATION.matcher(text.strip());
        if (!matcher.find()) {
            throw new IllegalArgumentException("not a PostgreSQL version: '" + text.strip() + "'");
        }
        String minor = matcher.group(2);
        return new PostgresVersion(
                Integer.parseInt(matcher.group(1)), minor == null ? 0 : Integer.parseInt(minor));
    }

    /// Whether Howdah runs this major version.
    public boolean isSupported() {
        return major >= OLDEST_SUPPORTED_MAJOR && major <= NEWEST_SUPPORTED_MAJOR;
    }

    /// Whether synchronous replication may be trusted to this version: 15.13, 16.9, 17.5, 18.0 or a
    /// later one of these.
    public boolean isSoundForSynchronousReplication() {
        Integer firstSound = FIRST_SOUND_MINOR.get(major);
        return firstSound != null && minor >= firstSound;
    }

    @Override
    public int compareTo(PostgresVersion other) {
        return Comparator.comparingInt(PostgresVersion::major)
                .thenComparingInt(PostgresVersion::minor)
                .compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}

package io.howdah.backup.catalog;

import io.howdah.backup.store.ObjectName;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Pattern;

/// The name of a backup: when it began, in UTC, down to the millisecond, and three hexadecimal
/// digits at random, as in `20261128-221500-0423f9`. Ordered by time. Immutable.
///
/// @param text the whole name
public record BackupId(String text) implements Comparable<BackupId> {

    private static final Pattern ID = Pattern.compile("[0-9]{8}-[0-9]{6}-[0-9]{3}[0-9a-f]{3}");
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss-SSS").withZone(ZoneOffset.UTC);

    /// How the names of all backups' objects begin.
    static final String FOLDER = "backups/";

    /// @throws IllegalArgumentException when it is no such name
    public BackupId {
        if (!ID.matcher(text).matches()) {
            throw new IllegalArgumentException(
                    "not the name of a backup: '"
                            + text
                            + "' (expected as 20261128-221500-0423f9)");
        }
    }

    /// The backup of that name; empty for another text.
    public static Optional<BackupId> parse(String text) {
        return ID.matcher(text).matches() ? Optional.of(new BackupId(text)) : Optional.empty();
    }

    /// A new one.
    public static BackupId at(Instant begun) {
        return new BackupId(
                TIME.format(begun)
                        + "%03x".formatted(ThreadLocalRandom.current().nextInt(1 << 12)));
    }

    /// When it began, as its name says.
    public Instant time() {
        String digits = text.substring(0, text.length() - 3);
        return Instant.from(TIME.parse(digits));
    }

    /// The object that says what has become of it.
    public ObjectName object() {
        return new ObjectName(folder() + BackupFolder.RECORD);
    }

    /// The object that shows that it is under way.
    public ObjectName lease() {
        return new ObjectName(folder() + BackupFolder.LEASE);
    }

    /// How the names of all its objects begin.
    public String folder() {
        return FOLDER + text + "/";
    }

    /// How the names of its manifest's parts begin.
    public String manifestFolder() {
        return folder() + "manifest";
    }

    @Override
    public int compareTo(BackupId other) {
        return text.compareTo(other.text);
    }

    @Override
    public String toString() {
        return text;
    }
}

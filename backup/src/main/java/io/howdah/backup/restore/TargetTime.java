package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// The time that an operator wants to go back to, as in `2026-11-21 10:15:00+01`. Pure.
public final class TargetTime {

    private static final Pattern SHORT_OFFSET = Pattern.compile("([+-]\\d\\d)$");
    private static final DateTimeFormatter LOCAL =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss[.SSSSSS]", Locale.ROOT);
    private static final DateTimeFormatter OFFSET =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private TargetTime() {}

    /// Reads it. One without an offset is refused: an hour of data hangs on it.
    ///
    /// @param zone this machine's, whose offsets it could mean
    /// @throws BackupException when it is no time, or could be several
    public static Instant parse(String text, ZoneId zone) {
        String plain = text.strip().replace('T', ' ').replaceFirst("^([^ ]+) ", "$1T");
        try {
            return OffsetDateTime.parse(SHORT_OFFSET.matcher(plain).replaceFirst("$1:00"))
                    .toInstant();
        } catch (DateTimeException e) {
            throw refusal(text, plain, zone, e);
        }
    }

    private static BackupException refusal(
            String text, String plain, ZoneId zone, DateTimeException cause) {
        LocalDateTime local;
        try {
            local = LocalDateTime.parse(plain);
        } catch (DateTimeException e) {
            return new BackupException(
                    "'" + text + "' is no time",
                    "write it as in \"2026-11-21 10:15:00+01\"",
                    cause);
        }
        Set<ZoneOffset> offsets = new LinkedHashSet<>(zone.getRules().getValidOffsets(local));
        offsets.add(ZoneOffset.UTC);
        String meanings =
                String.join(
                        " or ",
                        offsets.stream()
                                .map(each -> "\"" + OFFSET.format(local.atOffset(each)) + "\"")
                                .toList());
        boolean never = zone.getRules().getValidOffsets(local).isEmpty();
        return new BackupException(
                "the time '"
                        + LOCAL.format(local).replaceFirst("\\.000000$", "")
                        + "' has no offset"
                        + (never ? ", and never was in " + zone : ""),
                "say which is meant: " + meanings,
                cause);
    }
}

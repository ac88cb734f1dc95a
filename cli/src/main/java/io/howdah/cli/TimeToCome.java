package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A time as an operator types it: `2026-12-01T03:00:00+01:00`, without an offset by this machine's
/// zone, or `in 2h`.
final class TimeToCome {

    private static final Pattern IN = Pattern.compile("in\\s+([0-9]{1,6})\\s*(s|m|min|h|d)");

    private TimeToCome() {}

    /// @throws CommandFailure when it is no time
    static Instant parse(String text, Instant now, ZoneId zone) {
        String plain = text.strip();
        Matcher in = IN.matcher(plain);
        if (in.matches()) {
            return now.plus(duration(Long.parseLong(in.group(1)), in.group(2)));
        }
        String iso = plain.replaceFirst("^([0-9-]{10}) ", "$1T");
        try {
            return iso.matches(".*(Z|[+-][0-9]{2}(:?[0-9]{2})?)$") && iso.contains("T")
                    ? OffsetDateTime.parse(iso).toInstant()
                    : LocalDateTime.parse(iso).atZone(zone).toInstant();
        } catch (DateTimeException e) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' is not a time",
                    "write it as in 2026-12-01T03:00:00+01:00, or as in \"in 2h\"");
        }
    }

    private static Duration duration(long number, String unit) {
        return switch (unit) {
            case "s" -> Duration.ofSeconds(number);
            case "h" -> Duration.ofHours(number);
            case "d" -> Duration.ofDays(number);
            default -> Duration.ofMinutes(number);
        };
    }
}

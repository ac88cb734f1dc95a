package io.howdah.node.configuration;

import java.time.Duration;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;

/// What all sections say that are about work on a schedule: once in each slot of time.
final class Slotted {

    private static final Duration SHORTEST = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm").withResolverStyle(ResolverStyle.STRICT);

    private Slotted() {}

    static Duration every(Section section) {
        return section.parsed("every", DurationText::parse);
    }

    static LocalTime at(Section section) {
        return section.has("at") ? section.parsed("at", Slotted::time) : LocalTime.MIDNIGHT;
    }

    private static LocalTime time(String text) {
        try {
            return LocalTime.parse(text, TIME);
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                    "'" + text + "', not a time of day in quotes, as in \"03:00\"", e);
        }
    }

    /// @throws InvalidValueException when that is too often or too seldom
    static void require(Duration every) {
        if (every.compareTo(SHORTEST) < 0 || every.compareTo(LONGEST) > 0) {
            throw new InvalidValueException(
                    "every",
                    "is %s, not between %s and %s"
                            .formatted(
                                    DurationText.write(every),
                                    DurationText.write(SHORTEST),
                                    DurationText.write(LONGEST)));
        }
    }
}

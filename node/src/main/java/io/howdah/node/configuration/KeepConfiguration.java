package io.howdah.node.configuration;

import io.howdah.backup.keep.KeepPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What is kept in the repositories. A backup stays for which one of the rules speaks, and the
/// newest always; of a day, a week or a month, in UTC, the last backup. Immutable.
///
/// @param last so many of the newest backups
/// @param age those that ended within that time before the newest one
/// @param daily the last backups of so many days on which there is one
/// @param weekly the last backups of so many weeks
/// @param monthly the last backups of so many months
/// @param walFor for how long before the newest backup every moment can be restored; older backups
///   keep the WAL of their own end only; null for as long as there are backups
public record KeepConfiguration(
        int last, Duration age, int daily, int weekly, int monthly, @Nullable Duration walFor) {

    private static final String AGE = "for";

    /// @throws InvalidValueException when nothing would be kept, or a value is negative
    public KeepConfiguration {
        try {
            new KeepPolicy(last, age, daily, weekly, monthly).judge(List.of(), Map.of());
        } catch (IllegalArgumentException e) {
            throw new InvalidValueException(
                    "last",
                    "keeps nothing, nor does another key of this section: " + e.getMessage());
        }
    }

    /// The rules for backups.
    public KeepPolicy policy() {
        return new KeepPolicy(last, age, daily, weekly, monthly);
    }

    /// How long WAL is kept.
    public Optional<Duration> walAge() {
        return Optional.ofNullable(walFor);
    }

    static KeepConfiguration read(Section section) {
        section.allow(List.of("last", AGE, "daily", "weekly", "monthly", "wal-for"));
        Duration age = section.has(AGE) ? section.parsed(AGE, DurationText::parse) : Duration.ZERO;
        Duration walFor =
                section.has("wal-for") ? section.parsed("wal-for", DurationText::parse) : null;
        return section.build(() ->
                new KeepConfiguration(
                        section.number("last", 0),
                        age,
                        section.number("daily", 0),
                        section.number("weekly", 0),
                        section.number("monthly", 0),
                        walFor));
    }
}

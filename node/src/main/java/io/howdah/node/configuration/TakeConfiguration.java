package io.howdah.node.configuration;

import io.howdah.backup.take.TakeOptions;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;

/// Backups on a schedule. Immutable.
///
/// @param every how often one is taken into each repository; 10 s to 366 days
/// @param at a time of day, in UTC, at which a slot of `every` begins, as in `"03:00"`
/// @param workers how many threads read, 1 to 64
/// @param rate the most that is read in a second; 0 for no limit
/// @param level zstd's level, 1 to 19
public record TakeConfiguration(
        Duration every, LocalTime at, int workers, DataSize rate, int level) {

    /// @throws InvalidValueException when a value is out of its range
    public TakeConfiguration {
        Slotted.require(every);
        if (workers < 1 || workers > 64) {
            throw new InvalidValueException("workers", "is " + workers + ", not 1 to 64");
        }
        if (level < 1 || level > 19) {
            throw new InvalidValueException("level", "is " + level + ", not 1 to 19");
        }
    }

    /// How each is taken.
    public TakeOptions options() {
        return new TakeOptions(workers, rate.bytes(), level, false);
    }

    static TakeConfiguration read(Section section) {
        section.allow(List.of("every", "at", "workers", "rate", "level"));
        Duration every = Slotted.every(section);
        LocalTime at = Slotted.at(section);
        int workers = section.number("workers", 1);
        DataSize rate =
                section.has("rate") ? section.parsed("rate", DataSize::parse) : new DataSize(0);
        int level = section.number("level", 1);
        return section.build(() -> new TakeConfiguration(every, at, workers, rate, level));
    }
}

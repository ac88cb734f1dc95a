package io.howdah.node.configuration;

import java.time.Duration;
import java.time.LocalTime;
import java.util.List;

/// Reading the repositories as a whole, on a schedule. Immutable.
///
/// @param every how often each is read; 10 s to 366 days
/// @param at a time of day, in UTC, at which a slot of `every` begins, as in `"05:00"`
/// @param workers how many threads read, 1 to 64
public record VerifyConfiguration(Duration every, LocalTime at, int workers) {

    /// @throws InvalidValueException when a value is out of its range
    public VerifyConfiguration {
        Slotted.require(every);
        if (workers < 1 || workers > 64) {
            throw new InvalidValueException("workers", "is " + workers + ", not 1 to 64");
        }
    }

    static VerifyConfiguration read(Section section) {
        section.allow(List.of("every", "at", "workers"));
        Duration every = Slotted.every(section);
        LocalTime at = Slotted.at(section);
        int workers = section.number("workers", 1);
        return section.build(() -> new VerifyConfiguration(every, at, workers));
    }
}

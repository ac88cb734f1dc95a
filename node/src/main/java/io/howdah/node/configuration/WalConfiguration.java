package io.howdah.node.configuration;

import io.howdah.backup.wal.WalArchiveSettings;
import java.time.Duration;
import java.util.List;

/// How a node's WAL is archived. Immutable.
///
/// @param flush how long WAL waits for more before it goes to the repositories; 100 ms to 1 min
public record WalConfiguration(Duration flush) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    static final WalConfiguration DEFAULT = new WalConfiguration(WalArchiveSettings.DEFAULT_FLUSH);

    /// @throws InvalidValueException when the time is out of its range
    public WalConfiguration {
        if (flush.compareTo(SHORTEST) < 0 || flush.compareTo(LONGEST) > 0) {
            throw new InvalidValueException(
                    "flush",
                    "is %s, not between %s and %s"
                            .formatted(
                                    DurationText.write(flush),
                                    DurationText.write(SHORTEST),
                                    DurationText.write(LONGEST)));
        }
    }

    static WalConfiguration read(Section section) {
        section.allow(List.of("flush"));
        return section.has("flush")
                ? section.build(
                        () -> new WalConfiguration(section.parsed("flush", DurationText::parse)))
                : DEFAULT;
    }
}

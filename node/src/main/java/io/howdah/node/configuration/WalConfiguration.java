package io.howdah.node.configuration;

import io.howdah.backup.wal.WalArchiveSettings;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/// How a node's WAL is archived. Immutable.
///
/// @param flush how long WAL waits for more before it goes to the repositories; 100 ms to 1 min
/// @param atLimit what happens when more WAL waits for the repositories than
///   `max_slot_wal_keep_size` (of `postgres.parameters`) allows to be kept: `drop-and-mark-gap`:
///   the oldest goes, and the archive has a gap; `stop-writes`: before that, when a quarter of it
///   is left, the primary refuses writes until the archive has caught up; see docs/backup.md
public record WalConfiguration(Duration flush, ArchiveLimit atLimit) {

    private static final Duration SHORTEST = Duration.ofMillis(100);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    static final WalConfiguration DEFAULT =
            new WalConfiguration(WalArchiveSettings.DEFAULT_FLUSH, ArchiveLimit.DROP_AND_MARK_GAP);

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
        section.allow(List.of("flush", "at-limit"));
        Duration flush =
                section.has("flush")
                        ? section.parsed("flush", DurationText::parse)
                        : DEFAULT.flush();
        ArchiveLimit atLimit =
                section.has("at-limit")
                        ? section.parsed("at-limit", WalConfiguration::atLimit)
                        : DEFAULT.atLimit();
        return section.build(() -> new WalConfiguration(flush, atLimit));
    }

    private static ArchiveLimit atLimit(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "drop-and-mark-gap" -> ArchiveLimit.DROP_AND_MARK_GAP;
            case "stop-writes" -> ArchiveLimit.STOP_WRITES;
            default ->
                    throw new IllegalArgumentException(
                            "'" + text + "', not drop-and-mark-gap or stop-writes");
        };
    }
}

package io.howdah.backup.wal;

import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.nio.charset.StandardCharsets;

/// A timeline's history as it lies in a repository.
final class WalHistory {

    static final int MOST_BYTES = 1 << 20;

    private WalHistory() {}

    /// What it says.
    ///
    /// @throws IllegalArgumentException when that cannot be understood; no history is empty: one of
    ///   a number that no server has used holds a comment
    static TimelineHistory parse(TimelineId timeline, byte[] content) {
        if (content.length == 0) {
            throw new IllegalArgumentException("it is empty");
        }
        return TimelineHistory.parse(timeline, new String(content, StandardCharsets.UTF_8));
    }

    /// Whether it can be understood.
    static boolean isWhole(TimelineId timeline, byte[] content) {
        try {
            TimelineHistory _ = parse(timeline, content);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}

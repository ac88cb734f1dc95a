package io.howdah.consensus.ratis;

import java.util.OptionalLong;

/// What a leader has sent of its log to one follower, for finding what was sent and never answered.
/// Indexes are those of the log. Used by one thread.
final class SentEntries {

    private static final long NOTHING = -1;

    private long firstUnanswered = NOTHING;
    private long last = NOTHING;

    /// Notes that `count` entries from index `first` on are sent, while the follower's log is known
    /// to match up to `matchIndex`.
    void add(long first, int count, long matchIndex) {
        if (last <= matchIndex || first < firstUnanswered) {
            firstUnanswered = first;
        }
        last = Math.max(last, first + count - 1);
    }

    /// From where on to send again, given that no answer is awaited any more: empty where all that
    /// was sent is answered, or where `nextIndex` was set back already, since the follower refused.
    OptionalLong lost(long matchIndex, long nextIndex) {
        return last > matchIndex && nextIndex > last
                ? OptionalLong.of(Math.max(firstUnanswered, matchIndex + 1))
                : OptionalLong.empty();
    }
}

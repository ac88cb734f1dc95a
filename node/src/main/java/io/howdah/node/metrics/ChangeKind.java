package io.howdah.node.metrics;

import io.howdah.cluster.state.HistoryEntry;
import java.util.List;

/// Why the primary changed, as few kinds that a graph can show. Told from the words in the history,
/// which are for people; words that are not known here are `other`.
enum ChangeKind {
    INITIALISED("initialised", "initialised", "adopted"),
    SWITCHOVER("switchover", "switchover to "),
    FORCED("forced", "forced to "),
    EXPIRED("expired", " expired"),
    CRASHED("crashed", " crashed"),
    STOPPED("stopped", " was stopped", " was restarted"),
    INTERRUPTED("interrupted", " was interrupted", " failed"),
    DATA_LOST("data_lost", "data directory of "),
    OTHER("other");

    private final String label;

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable, its type does not say so
    private final List<String> words;

    ChangeKind(String label, String... words) {
        this.label = label;
        this.words = List.of(words);
    }

    static ChangeKind of(HistoryEntry entry) {
        for (ChangeKind kind : values()) {
            if (kind.words.stream().anyMatch(entry.reason()::contains)) {
                return kind;
            }
        }
        return OTHER;
    }

    /// Nobody asked for it.
    boolean isFailover() {
        return this != INITIALISED && this != SWITCHOVER;
    }

    String label() {
        return label;
    }
}

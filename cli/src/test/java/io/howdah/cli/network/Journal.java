package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;

/// What all applications together were told, by one clock. Thread-safe.
final class Journal {

    /// A row that a primary acknowledged.
    ///
    /// @param id the row
    /// @param host where the application runs
    /// @param timeline of the primary that acknowledged it; no two primaries have the same
    /// @param sentNanos when the application sent the row
    /// @param toldNanos when it was told that the row is there
    record Row(long id, String host, int timeline, long sentNanos, long toldNanos) {}

    private final Queue<Row> rows = new ConcurrentLinkedQueue<>();

    void add(Row row) {
        rows.add(row);
    }

    /// Every acknowledged row.
    Set<Long> identities() {
        return rows.stream().map(Row::id).collect(Collectors.toSet());
    }

    /// How many rows an application was told of that it sent after that moment.
    long sentSince(String host, long nanos) {
        return rows.stream()
                .filter(row -> row.host().equals(host) && row.sentNanos() - nanos > 0)
                .count();
    }

    /// When the first row was acknowledged on a later timeline than that.
    ///
    /// @throws AssertionError when none was
    long firstToldAfter(int timeline) {
        return rows.stream()
                .filter(row -> row.timeline() > timeline)
                .mapToLong(Row::toldNanos)
                .min()
                .orElseThrow(() ->
                        new AssertionError("no primary acknowledged after timeline " + timeline));
    }

    /// The longest time from that moment on in which nobody was told anything.
    long longestPauseMillis(long fromNanos) {
        List<Long> told =
                rows.stream()
                        .map(Row::toldNanos)
                        .filter(nanos -> nanos - fromNanos > 0)
                        .sorted()
                        .toList();
        long before = fromNanos;
        long longest = 0;
        for (long nanos : told) {
            longest = Math.max(longest, nanos - before);
            before = nanos;
        }
        return longest / 1_000_000;
    }

    /// Once a primary has acknowledged a row, none before it acknowledges one that is sent from
    /// then on. (An answer that was under way meanwhile may arrive late: its row is held by both.)
    void assertOnePrimaryAcknowledged() {
        var firstTold = new TreeMap<Integer, Long>();
        rows.forEach(row -> firstTold.merge(row.timeline(), row.toldNanos(), Math::min));
        assertThat(
                        rows.stream()
                                .filter(row ->
                                        firstTold.tailMap(row.timeline(), false).values().stream()
                                                .anyMatch(told -> row.sentNanos() - told > 0)))
                .as("acknowledged by a former primary after another had acknowledged")
                .isEmpty();
    }
}

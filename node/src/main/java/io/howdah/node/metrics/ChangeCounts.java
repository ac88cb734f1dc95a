package io.howdah.node.metrics;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.HistoryEntry;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Counts changes of the primary. The history keeps a limited number of them; what was seen at an
/// earlier scrape stays counted, so that the counts never go back while this process runs.
/// Thread-safe.
final class ChangeCounts {

    /// Upper bounds of the buckets of outages in seconds.
    static final List<Double> BOUNDS_SECONDS =
            List.of(0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0);

    private Epoch counted = Epoch.NONE;
    private final Map<ChangeKind, Long> changes = new EnumMap<>(ChangeKind.class);
    private final Outages failovers = new Outages();
    private final Outages switchovers = new Outages();
    private double lastSeconds;

    /// How long outages took.
    ///
    /// @param numbers in each bucket, one more than there are bounds
    /// @param seconds their sum
    record Distribution(List<Long> numbers, double seconds) {}

    /// What was counted.
    ///
    /// @param changes by kind; a kind that did not happen is 0
    /// @param lastSeconds how long the last one took; 0 before the first
    record Counted(
            Map<ChangeKind, Long> changes,
            Distribution failovers,
            Distribution switchovers,
            double lastSeconds) {}

    /// Adds what is new in the history and tells all that was ever counted.
    synchronized Counted with(List<HistoryEntry> history) {
        for (HistoryEntry entry : history) {
            if (entry.epoch().compareTo(counted) > 0) {
                count(entry);
                counted = entry.epoch();
            }
        }
        Map<ChangeKind, Long> all = new EnumMap<>(ChangeKind.class);
        for (ChangeKind kind : ChangeKind.values()) {
            all.put(kind, changes.getOrDefault(kind, 0L));
        }
        return new Counted(all, failovers.now(), switchovers.now(), lastSeconds);
    }

    private void count(HistoryEntry entry) {
        ChangeKind kind = ChangeKind.of(entry);
        changes.merge(kind, 1L, Long::sum);
        double seconds = entry.outageMillis() / 1e3;
        if (kind.isFailover()) {
            failovers.add(seconds);
            lastSeconds = seconds;
        } else if (kind == ChangeKind.SWITCHOVER) {
            switchovers.add(seconds);
            lastSeconds = seconds;
        }
    }

    private static final class Outages {
        private final long[] numbers = new long[BOUNDS_SECONDS.size() + 1];
        private double sum;

        void add(double seconds) {
            int bucket = 0;
            while (bucket < BOUNDS_SECONDS.size() && seconds > BOUNDS_SECONDS.get(bucket)) {
                bucket++;
            }
            numbers[bucket]++;
            sum += seconds;
        }

        Distribution now() {
            return new Distribution(java.util.Arrays.stream(numbers).boxed().toList(), sum);
        }
    }
}

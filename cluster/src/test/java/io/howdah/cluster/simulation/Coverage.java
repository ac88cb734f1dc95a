package io.howdah.cluster.simulation;

import java.util.SortedMap;
import java.util.TreeMap;

/// How often each rule, each command and each fault was reached.
final class Coverage {

    private final SortedMap<String, Long> counts = new TreeMap<>();

    void reached(String what) {
        counts.merge(what, 1L, Long::sum);
    }

    synchronized void add(Coverage other) {
        other.counts.forEach((what, count) -> counts.merge(what, count, Long::sum));
    }

    SortedMap<String, Long> counts() {
        return counts;
    }
}

package io.howdah.cluster.simulation;

import org.jspecify.annotations.Nullable;

/// A row that a client inserted, unique, and where its commit record lies.
final class Row {

    private final int number;
    private @Nullable Branch branch;
    private long start;
    private long end;
    private @Nullable String promise;

    Row(int number) {
        this.number = number;
    }

    void written(Branch onBranch, long from, long to) {
        branch = onBranch;
        start = from;
        end = to;
    }

    void neverWritten() {
        branch = null;
    }

    @Nullable Branch branch() {
        return branch;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /// Why it must never vanish; null while nobody was told anything.
    @Nullable String promise() {
        return promise;
    }

    void promised(String how) {
        promise = how;
    }

    @Override
    public String toString() {
        return "row " + number;
    }
}

package io.howdah.backup.sweep;

/// Hears how a sweep gets on.
@FunctionalInterface
public interface SweepListener {

    /// A point was reached.
    void step(SweepStep step);
}

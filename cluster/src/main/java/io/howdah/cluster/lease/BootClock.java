package io.howdah.cluster.lease;

/// A clock for the lease: nanoseconds since an arbitrary origin, rising, also while the machine is
/// suspended. Thread-safe.
@FunctionalInterface
public interface BootClock {

    /// The time now, in nanoseconds.
    long nanos();
}

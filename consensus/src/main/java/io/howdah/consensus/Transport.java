package io.howdah.consensus;

/// How peers talk to each other.
public sealed interface Transport {

    /// Unencrypted, unauthenticated: for loopback and tests.
    record Plain() implements Transport {}
}

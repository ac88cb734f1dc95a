package io.howdah.cluster.agent;

/// What this node's PostgreSQL has of the cluster's settings. Immutable.
///
/// @param version the version that it was given; 0 before the first
/// @param problem why a later version could not be taken; empty when all is as it should be
public record AppliedSettings(long version, String problem) {

    static final AppliedSettings NONE = new AppliedSettings(0, "");
}

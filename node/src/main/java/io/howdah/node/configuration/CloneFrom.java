package io.howdah.node.configuration;

/// Where a node's data are copied from when it has none, or none that are of use.
public enum CloneFrom {
    /// From the primary, or a standby with the tag `clonefrom`.
    MEMBERS,
    /// From the repository; from members only where that does not do.
    REPOSITORY
}

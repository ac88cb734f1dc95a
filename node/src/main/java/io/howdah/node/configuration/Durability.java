package io.howdah.node.configuration;

/// What a primary does when no standby is there to flush its commits.
public enum Durability {
    /// It goes on alone, and nobody else can be elected until a standby is back.
    AVAILABLE,
    /// Its commits wait.
    STRICT
}

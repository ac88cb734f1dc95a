package io.howdah.node.proxy;

/// What a proxy says to its node's agent. Immutable.
///
/// @param listens where it takes clients, as `host:port`
record Greeting(String listens) {}

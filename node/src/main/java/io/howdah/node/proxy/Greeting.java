package io.howdah.node.proxy;

import org.jspecify.annotations.Nullable;

/// What a proxy says to its node's agent. Immutable.
///
/// @param listens where it takes clients, as `host:port`; null when another one does from now on
record Greeting(@Nullable String listens) {}

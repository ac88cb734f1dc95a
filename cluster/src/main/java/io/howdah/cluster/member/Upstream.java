package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;

/// Whom a standby follows.
///
/// @param leader its name
/// @param epoch the announced epoch
/// @param host where its PostgreSQL listens
/// @param port the port
public record Upstream(NodeName leader, Epoch epoch, String host, int port) {}

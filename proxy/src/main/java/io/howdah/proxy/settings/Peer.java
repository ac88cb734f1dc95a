package io.howdah.proxy.settings;

import io.howdah.postgres.wire.ServerAddress;

/// Another proxy that clients of this one may reach with a cancel request. Immutable.
///
/// @param address where it listens
/// @param tls how the way there is encrypted
public record Peer(ServerAddress.Tcp address, ServerTlsSettings tls) {}

package io.howdah.proxy.access;

import java.net.InetAddress;

/// Somebody who wants to come in. A character of a name stands for one byte. Immutable.
///
/// @param address from where
/// @param encrypted whether over TLS
/// @param database that he asks for
/// @param reached its name on the server
/// @param physical whether for physical replication, which is of no database
/// @param user that he says he is
public record Caller(
        InetAddress address,
        boolean encrypted,
        String database,
        String reached,
        boolean physical,
        String user) {}

package io.howdah.postgres;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// What a server is started with, beyond what its `postgresql.conf` says. Immutable.
///
/// @param installation whose `postgres` is run
/// @param data where the database lies
/// @param port 1 to 65535
/// @param listenAddresses addresses or host names for TCP, as in `127.0.0.1`; `*` for all; may be
///   empty
/// @param socketDirectory where the local socket lies ([SocketDirectory#prepare])
/// @param parameters settings for the command line, which no file can override, as in
///   `primary_conninfo`; seen by every user of this machine: no secrets
/// @param environment what PostgreSQL finds in its environment beside PATH and the locale, as in
///   `PGSERVICEFILE`; nothing is inherited
/// @param logFile what the server says is appended to it
public record ServerLaunch(
        Installation installation,
        DataDirectory data,
        int port,
        List<String> listenAddresses,
        Path socketDirectory,
        Map<String, String> parameters,
        Map<String, String> environment,
        Path logFile) {

    /// @throws IllegalArgumentException when the port is out of range
    public ServerLaunch {
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port + " (expected 1 to 65535)");
        }
        listenAddresses = List.copyOf(listenAddresses);
        parameters = Map.copyOf(parameters);
        environment = Map.copyOf(environment);
    }
}

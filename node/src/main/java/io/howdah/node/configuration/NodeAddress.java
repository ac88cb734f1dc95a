package io.howdah.node.configuration;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Where one node of the cluster is reached by the others and by clients. Immutable.
///
/// @param host a name or an address, IPv6 without brackets
/// @param postgresPort of its PostgreSQL, 1 to 65535; null exactly on a witness
/// @param apiPort of its HTTP API, 1 to 65535
/// @param consensusPort of its part of the consensus, 1 to 65535
/// @param witness whether it votes in the consensus only and runs no PostgreSQL
public record NodeAddress(
        String host,
        @Nullable Integer postgresPort,
        int apiPort,
        int consensusPort,
        boolean witness) {

    private static final Pattern HOST =
            Pattern.compile(
                    "[A-Za-z0-9_]([A-Za-z0-9_.-]{0,252}[A-Za-z0-9_.])?|[0-9a-fA-F:.]{2,45}");

    /// @throws IllegalArgumentException when a value is out of range, two ports are the same, or a
    ///   witness has a PostgreSQL port (or another node has none)
    public NodeAddress {
        if (!HOST.matcher(host).matches()) {
            throw new InvalidValueException("host", "is '" + host + "', not a name or an address");
        }
        if (witness && postgresPort != null) {
            throw new InvalidValueException(
                    "postgres-port", "is given, but a witness runs no PostgreSQL");
        }
        if (!witness && postgresPort == null) {
            throw new InvalidValueException(
                    "postgres-port", "is missing (only a node with 'witness: true' has none)");
        }
        if (postgresPort != null) {
            requirePort("postgres-port", postgresPort);
        }
        requirePort("api-port", apiPort);
        requirePort("consensus-port", consensusPort);
        boolean postgresPortTwice =
                postgresPort != null && (postgresPort == apiPort || postgresPort == consensusPort);
        if (postgresPortTwice || apiPort == consensusPort) {
            throw new InvalidValueException(
                    apiPort == consensusPort ? "consensus-port" : "postgres-port",
                    "is the same as another port of this node");
        }
    }

    /// Whether it is this machine by a name or address that no other machine can have.
    public boolean isLoopback() {
        return host.equals("localhost") || host.equals("::1") || host.startsWith("127.");
    }

    /// The host as it is written before a colon and a port: IPv6 in brackets.
    public String bracketedHost() {
        return host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    }

    /// All its ports.
    List<Integer> ports() {
        return postgresPort == null
                ? List.of(apiPort, consensusPort)
                : List.of(postgresPort, apiPort, consensusPort);
    }

    private static void requirePort(String key, int port) {
        if (port < 1 || port > 65_535) {
            throw new InvalidValueException(key, "is " + port + ", not between 1 and 65535");
        }
    }
}

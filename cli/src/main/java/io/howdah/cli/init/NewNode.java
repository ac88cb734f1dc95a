package io.howdah.cli.init;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.NodeAddress;

/// A node that is to be made, as it is given on the command line. Immutable.
///
/// @param name the node's name
/// @param address where the others reach it
/// @param proxyPort where its proxy takes clients; 0: it has none
public record NewNode(String name, NodeAddress address, int proxyPort) {

    /// The ports of every node, unless told otherwise. Immutable.
    ///
    /// @param postgres PostgreSQL's
    /// @param api the API's
    /// @param consensus the consensus'
    /// @param proxy the proxy's; 0: no proxy
    public record Ports(int postgres, int api, int consensus, int proxy) {}

    /// Reads `n1=host1`.
    ///
    /// @throws CommandFailure when it is not a name and a host
    public static NewNode parse(String text, Ports ports, boolean witness) {
        int equals = text.indexOf('=');
        if (equals < 1 || equals == text.length() - 1) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' is not a node's name and its host",
                    "write such as --node n1=db1.example.com");
        }
        try {
            return new NewNode(
                    text.substring(0, equals),
                    new NodeAddress(
                            text.substring(equals + 1),
                            witness ? null : ports.postgres(),
                            ports.api(),
                            ports.consensus(),
                            witness),
                    witness ? 0 : ports.proxy());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' is not a node: " + e.getMessage(),
                    "write such as --node n1=db1.example.com");
        }
    }
}

package io.howdah.consensus;

/// A member of the group that agrees on the document. Immutable.
///
/// The id is the node's name, a dash and something random that was drawn together with the node's
/// storage. So a node that lost its storage comes back under another id, and can never vote twice.
///
/// @param nodeName the node's name, unique in the cluster
/// @param peerId `<node name>-<random>`, the random part without a dash
/// @param host where it listens for its peers: a name or an address
/// @param port where it listens for its peers, 1 to 65535
public record Peer(String nodeName, String peerId, String host, int port) {

    /// @throws IllegalArgumentException if the id does not belong to the name, the host is blank or
    ///   the port is out of range
    public Peer {
        if (nodeName.isBlank() || !nodeNameOf(peerId).equals(nodeName)) {
            throw new IllegalArgumentException(
                    "peer id " + peerId + " does not belong to node " + nodeName);
        }
        if (host.isBlank()) {
            throw new IllegalArgumentException("peer " + peerId + " has no host");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("peer " + peerId + " has port " + port);
        }
    }

    /// The peer with this id at an address.
    ///
    /// @throws IllegalArgumentException if there is no node name in the id
    public static Peer of(String peerId, String host, int port) {
        return new Peer(nodeNameOf(peerId), peerId, host, port);
    }

    /// `host:port`, an IPv6 address in brackets.
    public String address() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private static String nodeNameOf(String peerId) {
        int dash = peerId.lastIndexOf('-');
        if (dash < 1 || dash == peerId.length() - 1) {
            throw new IllegalArgumentException("not a peer id: " + peerId);
        }
        return peerId.substring(0, dash);
    }
}

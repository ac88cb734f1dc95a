package io.howdah.consensus;

import java.util.List;

/// How a node presents itself to another one that looks for its group. Immutable.
///
/// @param cluster the cluster's name; nodes of another cluster are no peers
/// @param self the node as a peer
/// @param formed whether it belongs to a group already
/// @param group the group it knows, empty unless formed
public record Introduction(String cluster, Peer self, boolean formed, List<Peer> group) {

    public Introduction {
        group = List.copyOf(group);
    }

    /// Whether the group that it knows contains this peer id.
    public boolean knows(String peerId) {
        return group.stream().anyMatch(peer -> peer.peerId().equals(peerId));
    }
}

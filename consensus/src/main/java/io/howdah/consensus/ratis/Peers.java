package io.howdah.consensus.ratis;

import io.howdah.consensus.Peer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;

/// Peers and groups in Ratis' words.
final class Peers {

    private Peers() {}

    /// The Raft group of a cluster: the same on every node, another one for another name.
    static RaftGroupId groupId(String cluster) {
        byte[] name = ("howdah:" + cluster).getBytes(StandardCharsets.UTF_8);
        return RaftGroupId.valueOf(UUID.nameUUIDFromBytes(name));
    }

    static RaftPeer toRatis(Peer peer) {
        return RaftPeer.newBuilder().setId(peer.peerId()).setAddress(peer.address()).build();
    }

    static List<RaftPeer> toRatis(Collection<Peer> peers) {
        return peers.stream().map(Peers::toRatis).toList();
    }

    static RaftGroup group(RaftGroupId id, Collection<Peer> peers) {
        return RaftGroup.valueOf(id, toRatis(peers));
    }

    static Peer fromRatis(RaftPeer peer) {
        URI address = URI.create("raft://" + peer.getAddress());
        String host = address.getHost();
        if (host == null) {
            throw new IllegalArgumentException("not an address: " + peer.getAddress());
        }
        return Peer.of(
                peer.getId().toString(),
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                address.getPort());
    }

    static List<Peer> fromRatis(Collection<RaftPeer> peers) {
        return peers.stream()
                .map(Peers::fromRatis)
                .sorted(Comparator.comparing(Peer::peerId))
                .toList();
    }
}

package io.howdah.consensus.ratis;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Connects to silent peers anew. For one thread.
final class Reconnection {

    private static final Logger LOG = LoggerFactory.getLogger(Reconnection.class);

    /// Longer than a process without a processor is usually silent: a connection that is only slow
    /// would be lost with all that it carries, and a new one costs it a handshake.
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Part part;
    private final SilentPeers silent = new SilentPeers(SILENCE, AGAIN);

    Reconnection(Part part) {
        this.part = part;
    }

    void look(RaftServer.Division division) {
        Set<String> others =
                division.getRaftConf().getAllPeers().stream()
                        .map(RaftPeer::getId)
                        .filter(peer -> !peer.equals(division.getId()))
                        .map(RaftPeerId::toString)
                        .collect(Collectors.toSet());
        silent.look(others, division.getInfo().getRoleInfoProto(), System.nanoTime())
                .forEach(peer -> reset(RaftPeerId.valueOf(peer)));
    }

    /// Closing the old connection may take a while.
    private void reset(RaftPeerId peer) {
        LOG.debug("{} is silent: connecting to it anew", peer);
        Thread.ofVirtual()
                .name("howdah-store-reconnection-" + peer)
                .start(() ->
                        part.server()
                                .getServerRpc()
                                .handleException(peer, new IOException("no answer"), true));
    }
}

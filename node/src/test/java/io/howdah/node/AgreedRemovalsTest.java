package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.NodeName;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.TestCluster;
import java.nio.file.Path;
import java.time.Instant;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AgreedRemovalsTest {

    private final Instant removed = Instant.now().plusSeconds(5);
    private final TreeMap<NodeName, Long> agreed = new TreeMap<>();
    private final AgreedRemovals removals = new AgreedRemovals(() -> agreed);

    @TempDir private Path directory;

    @Test
    void nobodyWasTakenOutBeforeAnythingIsAgreed() {
        assertThat(AgreedRemovals.of(() -> null).last("n3")).isEmpty();
        assertThat(removals.last("n3")).isEmpty();
    }

    @Test
    void whoWasTakenOutIsKnownByName() {
        agreed.put(new NodeName("n3"), removed.toEpochMilli());
        assertThat(removals.last("n3")).contains(Instant.ofEpochMilli(removed.toEpochMilli()));
        assertThat(removals.last("n2")).isEmpty();
        assertThat(removals.last("no name of a node")).isEmpty();
    }

    @Test
    void consensusHearsWhoLeavesForAMomentLonger() {
        var cluster = new TestCluster(directory, "orders");
        KeyMaterial keys = KeyMaterial.load(cluster.node("n3", "db3", Instant.now()), removals);
        var certificate =
                keys.keyManager()
                        .getCertificateChain(
                                keys.keyManager().chooseEngineServerAlias("EC", null, null))[0];
        agreed.put(new NodeName("n3"), removed.toEpochMilli());
        assertThat(keys.removal(certificate)).isPresent();
        var now = new AtomicReference<>(removed.plus(PeerRemovals.FAREWELL).minusMillis(1));
        var peers = new PeerRemovals(keys, now::get);
        assertThat(peers.removed(certificate)).isEmpty();
        now.set(removed.plus(PeerRemovals.FAREWELL).plusMillis(2));
        assertThat(peers.removed(certificate)).contains("n3");
    }
}

package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.demo.ClusterWatch;
import io.howdah.cli.host.Loss;
import io.howdah.cli.host.TestNetworks;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.RefusedException;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// However the network breaks, nothing that was acknowledged is lost, no two primaries acknowledge,
/// and once it is mended all is in order again. One cluster goes through all of it, with an
/// application at every node and one outside. How long each took is printed at the end.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class BrokenNetworkTest {

    private static final int FLAPS = 8;
    private static final int FLAP_MILLIS = 1_500;
    private static final long FLAPPING_SEED = 1;

    private static final Duration DELAY = Duration.ofMillis(20);
    private static final int LOSS_PERCENT = 3;
    private static final int LOSSY_ROUNDS = 10;

    private final List<String> report = new ArrayList<>();
    private @Nullable VirtualNetwork network;
    private @Nullable NetworkCluster cluster;
    private @Nullable Applications applications;

    @BeforeAll
    void startCluster() throws Exception {
        var freshNetwork = TestNetworks.of(NetworkCluster.NODES);
        network = freshNetwork;
        Path folder = NetworkCluster.folder();
        var fresh =
                new NetworkCluster(freshNetwork, folder, new PlainNodes(freshNetwork, folder), "");
        cluster = fresh;
        fresh.awaitWhole();
        applications = new Applications(freshNetwork, fresh);
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        report.forEach(System.out::println);
        VirtualNetwork everything = network;
        NetworkCluster nodes = cluster;
        try (everything;
                nodes) {
            if (applications != null) {
                applications.stop();
            }
        }
    }

    @AfterEach
    void mendNetwork() {
        // also when a test failed: the next ones begin with all in order
        network().links().heal();
    }

    private VirtualNetwork network() {
        return Objects.requireNonNull(network);
    }

    private NetworkCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Applications applications() {
        return Objects.requireNonNull(applications);
    }

    /// The start of a round: all is well, and every application writes.
    private ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        applications().awaitProgressAt(Applications.HOSTS);
        return status;
    }

    /// The end of a round: the network is mended, all is in order again, and nothing is lost.
    private void heal(String scenario, ClusterStatus before, long brokenNanos) {
        long mendedNanos = System.nanoTime();
        network().links().heal();
        ClusterStatus after = cluster().awaitWhole();
        long wholeMillis = (System.nanoTime() - mendedNanos) / 1_000_000;
        applications().awaitProgressAt(Applications.HOSTS);
        report.add(
                ("%-47s nobody was told anything for %5d ms; in order %5d ms after it was mended;"
                                + " %d new epochs")
                        .formatted(
                                scenario,
                                applications().journal().longestPauseMillis(brokenNanos),
                                wholeMillis,
                                after.epoch() - before.epoch()));
        applications().assertNothingLost();
    }

    private static List<String> with(List<String> hosts, String more) {
        return Stream.concat(hosts.stream(), Stream.of(more)).toList();
    }

    /// Breaks the network so that the primary has to be replaced, and mends it again.
    ///
    /// @param writeOn where applications reach the next primary
    private void assertReplaced(
            String scenario, ClusterStatus before, List<Loss> losses, List<String> writeOn) {
        String primary = ClusterWatch.leader(before);
        var reader = new Reader(primary, network(), cluster().database());

        long brokenNanos = System.nanoTime();
        network().links().lose(losses);
        cluster().watchFrom(ClusterWatch.others(before)).awaitSuccessor(before);
        applications().awaitProgressAt(writeOn);

        long successorNanos =
                applications().journal().firstToldAfter(ClusterWatch.timeline(before));
        reader.assertCutOffBefore(successorNanos);
        if (!writeOn.contains(primary)) {
            assertThat(applications().journal().sentSince(primary, successorNanos)).isZero();
        }
        heal(scenario, before, brokenNanos);
    }

    @Test
    @Order(1)
    void primaryThatIsCutOffFromAllIsReplacedAndServesNobodyByThen() throws Exception {
        ClusterStatus before = whole();
        List<String> rest = with(ClusterWatch.others(before), VirtualNetwork.OUTSIDE);
        assertReplaced(
                "primary cut off from all",
                before,
                Loss.between(ClusterWatch.leader(before), rest),
                rest);
    }

    /// Everybody reaches it, its followers included, so only the rules keep it from acknowledging.
    @Test
    @Order(2)
    void primaryThatReachesAllButTheStoresMajorityIsReplacedAndServesNobodyByThen()
            throws Exception {
        ClusterStatus before = whole();
        assertReplaced(
                "primary cut off from the store's majority only",
                before,
                Loss.between(
                        ClusterWatch.leader(before),
                        ClusterWatch.others(before),
                        NetworkCluster.CONSENSUS_PORT),
                Applications.HOSTS);
    }

    @Test
    @Order(3)
    void primaryThatNobodyHearsIsReplacedAndServesNobodyByThen() throws Exception {
        ClusterStatus before = whole();
        String primary = ClusterWatch.leader(before);
        List<String> rest = with(ClusterWatch.others(before), VirtualNetwork.OUTSIDE);
        assertReplaced(
                "primary hears all, nobody hears it",
                before,
                rest.stream().map(other -> Loss.oneWay(primary, other)).toList(),
                rest);
    }

    @Test
    @Order(4)
    void primaryThatHearsNobodyIsReplacedAndServesNobodyByThen() throws Exception {
        ClusterStatus before = whole();
        String primary = ClusterWatch.leader(before);
        List<String> rest = with(ClusterWatch.others(before), VirtualNetwork.OUTSIDE);
        assertReplaced(
                "primary hears nobody, all hear it",
                before,
                rest.stream().map(other -> Loss.oneWay(other, primary)).toList(),
                rest);
    }

    /// There is a majority with the primary and one without it: whoever leads then, two of the
    /// three go on.
    @Test
    @Order(5)
    void primaryThatIsCutOffFromOneStandbyCostsOneMember() throws Exception {
        for (int i = 0; i < NetworkCluster.NODES.size() - 1; i++) {
            ClusterStatus before = whole();
            String standby = ClusterWatch.others(before).get(i);
            // it reaches both others, so it knows what has been agreed
            List<String> inTouch = List.of(ClusterWatch.others(before).get(1 - i));

            long brokenNanos = System.nanoTime();
            network().links().lose(Loss.between(ClusterWatch.leader(before), List.of(standby)));
            ClusterStatus broken =
                    cluster()
                            .watchFrom(inTouch)
                            .await(
                                    "one standby is counted on",
                                    status ->
                                            status.leader() != null
                                                    && status.members().stream()
                                                                    .filter(MemberStatus::sync)
                                                                    .count()
                                                            == 1);
            applications()
                    .awaitProgressAt(List.of(ClusterWatch.leader(broken), VirtualNetwork.OUTSIDE));

            heal("primary cut off from one standby", before, brokenNanos);
        }
    }

    @Test
    @Order(6)
    void primaryBehindAFlappingLinkLosesNothing() throws Exception {
        ClusterStatus before = whole();
        List<Loss> cut = Loss.between(ClusterWatch.leader(before), ClusterWatch.others(before));
        var random = new Random(FLAPPING_SEED);

        long brokenNanos = System.nanoTime();
        for (int i = 0; i < FLAPS; i++) {
            network().links().lose(cut);
            holdUpTo(FLAP_MILLIS, random);
            network().links().heal();
            holdUpTo(FLAP_MILLIS, random);
        }

        heal("primary behind a flapping link", before, brokenNanos);
    }

    private static void holdUpTo(int millis, Random random) throws InterruptedException {
        TimeUnit.MILLISECONDS.sleep(random.nextInt(millis));
    }

    @Test
    @Order(7)
    void slowAndLossyLinksHoldWritesUpAndLoseNothing() throws Exception {
        ClusterStatus before = whole();
        List<Loss> losses =
                Applications.HOSTS.stream()
                        .flatMap(from ->
                                Applications.HOSTS.stream()
                                        .filter(to -> !to.equals(from))
                                        .map(to -> new Loss(from, to, 0, LOSS_PERCENT)))
                        .toList();

        long brokenNanos = System.nanoTime();
        String done = network().links().slowDown(DELAY);
        network().links().lose(losses);
        for (int i = 0; i < LOSSY_ROUNDS; i++) {
            applications().awaitProgressAt(Applications.HOSTS);
        }

        report.add("slow and lossy: " + done + ", and " + LOSS_PERCENT + " % are lost");
        heal("all links slow and lossy", before, brokenNanos);
    }

    /// It answers, so it is asked first; but it can agree on nothing.
    @Test
    @Order(8)
    void changeThatIsAskedOfANodeInAMinorityIsMadeByAnother() throws Exception {
        ClusterStatus before = whole();
        String standby = ClusterWatch.others(before).getFirst();
        List<String> others =
                NetworkCluster.NODES.stream().filter(node -> !node.equals(standby)).toList();

        long brokenNanos = System.nanoTime();
        network().links().lose(Loss.between(standby, others, NetworkCluster.CONSENSUS_PORT));
        ApiClient alone = cluster().client(List.of(standby));
        Await.until("it notices", () -> alone.node().cutOff());

        assertThatThrownBy(alone::cancelSwitchover)
                .hasMessageContaining("no majority answered")
                .hasMessageContaining("ask one of them: --api URL");
        assertThatThrownBy(
                        cluster().client(with(List.of(standby), others.getFirst()))
                                ::cancelSwitchover)
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("no switchover is scheduled");

        heal("standby cut off from the store's majority only", before, brokenNanos);
    }
}

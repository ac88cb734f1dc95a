package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.Howdah;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.RefusedException;
import io.howdah.node.api.ReinitializeRequest;
import io.howdah.node.api.RestartRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// What an operator does to a running cluster costs nothing that was acknowledged. One cluster and
/// one writer go through all of it. The lease is long, so that an agent can be restarted within it
/// however slow the machine is.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterVerbsTest {

    private @Nullable DemoCluster started;
    private @Nullable Writer writing;

    @BeforeAll
    void startCluster() {
        var fresh = new DemoCluster("auto");
        started = fresh;
        fresh.lease("20s");
        fresh.startAll();
        fresh.awaitWhole();
        writing = new Writer(fresh.settings());
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (writing != null) {
            writing.stop();
        }
        if (started != null) {
            started.stop();
        }
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(started);
    }

    private Writer writer() {
        return Objects.requireNonNull(writing);
    }

    private ClusterStatus whole() {
        ClusterStatus status = cluster().awaitWhole();
        writer().awaitProgress();
        return status;
    }

    private void assertNothingLost() throws Exception {
        ClusterStatus after = whole();
        writer().assertNothingLost(DemoCluster.leader(after));
    }

    private static int run(String... arguments) {
        return Howdah.run(arguments);
    }

    private String directory() {
        return cluster().path().toString();
    }

    private ApiClient apiOf(MemberStatus member) {
        return cluster().client().at(member.api());
    }

    @Test
    @Order(1)
    void restartedAgentsInterruptNothing() throws Exception {
        ClusterStatus before = whole();
        int leader = DemoCluster.leader(before);
        int replica = DemoCluster.others(before).getFirst();
        try (Connection connection = Writer.toNode(cluster().settings(), leader)) {
            Writer.execute(connection, "create temporary table here (id bigint)");

            for (int node : List.of(leader, replica)) {
                cluster().killAgent(node);
                writer().awaitProgress();
                cluster().start(node);
                ClusterStatus after = whole();

                assertThat(after.epoch()).isEqualTo(before.epoch());
                assertThat(after.leader()).isEqualTo(before.leader());
                for (MemberStatus member : before.members()) {
                    assertThat(DemoCluster.member(after, member.name()).postgresPid())
                            .as("postmaster of %s", member.name())
                            .isEqualTo(member.postgresPid());
                }
            }

            Writer.execute(connection, "insert into here values (1)");
            assertThat(Writer.number(connection, "select count(*) from here")).isEqualTo(1);
        }
        assertNothingLost();
    }

    @Test
    @Order(2)
    void restartOfAReplicaLeavesTheOthersAlone() throws Exception {
        ClusterStatus before = whole();
        String replica = "n" + DemoCluster.others(before).getLast();

        assertThat(run("restart", replica, "--directory", directory())).isZero();

        ClusterStatus after = whole();
        assertThat(after.epoch()).isEqualTo(before.epoch());
        for (MemberStatus member : before.members()) {
            Long now = DemoCluster.member(after, member.name()).postgresPid();
            if (member.name().equals(replica)) {
                assertThat(now).isNotEqualTo(member.postgresPid());
            } else {
                assertThat(now).isEqualTo(member.postgresPid());
            }
        }
        assertNothingLost();
    }

    @Test
    @Order(3)
    void restartOfAllGoesAroundWithOneSwitchover() throws Exception {
        ClusterStatus before = whole();

        assertThat(run("restart", "--directory", directory())).isZero();

        ClusterStatus after = whole();
        assertThat(after.epoch()).isEqualTo(before.epoch() + 1);
        assertThat(after.leader()).isNotEqualTo(before.leader());
        for (MemberStatus member : before.members()) {
            assertThat(DemoCluster.member(after, member.name()).postgresPid())
                    .as("postmaster of %s", member.name())
                    .isNotNull()
                    .isNotEqualTo(member.postgresPid());
        }
        assertNothingLost();
    }

    @Test
    @Order(4)
    void restartOfWhatNeedsNoneIsLeftOut() {
        ClusterStatus before = whole();

        assertThat(run("restart", "--pending", "--directory", directory())).isZero();

        ClusterStatus after = whole();
        assertThat(after.members())
                .extracting(MemberStatus::postgresPid)
                .isEqualTo(before.members().stream().map(MemberStatus::postgresPid).toList());
        MemberStatus member = after.members().getFirst();
        assertThatThrownBy(() ->
                        apiOf(member).restart(new RestartRequest(member.name(), null, true, false)))
                .isInstanceOf(RefusedException.class);
        assertThatThrownBy(() ->
                        apiOf(member).restart(new RestartRequest("another", null, false, false)))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("not another");
    }

    @Test
    @Order(4)
    void aPrimaryRestartedInPlaceStaysThePrimaryAndLowersWhatStandbysFollow() throws Exception {
        String setting = "postgres.parameters.max_connections=";
        assertThat(run("config", "set", setting + 90, "--directory", directory())).isZero();
        ClusterStatus before = whole();
        assertThat(run("restart", "--pending", "--in-place", "--directory", directory())).isZero();

        ClusterStatus after = whole();
        assertThat(after.epoch()).isEqualTo(before.epoch());
        assertThat(after.leader()).isEqualTo(before.leader());
        assertThat(maxConnections(DemoCluster.leader(after))).isEqualTo(90);
        // their primary has less now, so they may have less, too
        assertThat(run("restart", "--pending", "--directory", directory())).isZero();
        for (int replica : DemoCluster.others(whole())) {
            assertThat(maxConnections(replica)).isEqualTo(90);
        }
        assertNothingLost();
    }

    private long maxConnections(int node) throws Exception {
        try (Connection connection = Writer.toNode(cluster().settings(), node)) {
            return Writer.number(connection, "select current_setting('max_connections')::bigint");
        }
    }

    @Test
    @Order(5)
    void aReplicaIsCopiedAnewAndCountsAgain() throws Exception {
        ClusterStatus before = whole();
        int replica = DemoCluster.others(before).getFirst();
        String incarnation = incarnation(replica);

        assertThat(run("reinit", "n" + replica, "--yes", "--directory", directory())).isZero();

        ClusterStatus after = whole();
        assertThat(after.epoch()).isEqualTo(before.epoch());
        assertThat(incarnation(replica)).isNotEqualTo(incarnation);
        assertNothingLost();
    }

    @Test
    @Order(6)
    void aPrimaryIsNotCopiedAnew() throws Exception {
        ClusterStatus before = whole();
        MemberStatus leader = DemoCluster.member(before, Objects.requireNonNull(before.leader()));

        assertThatThrownBy(() -> apiOf(leader).reinitialize(new ReinitializeRequest(leader.name())))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("is the primary");

        assertThat(
                        run(
                                "reinit",
                                "n" + DemoCluster.others(before).getFirst(),
                                "--directory",
                                directory()))
                .as("nobody at a terminal could be asked")
                .isEqualTo(2);
        assertThat(whole().members())
                .extracting(MemberStatus::postgresPid)
                .isEqualTo(before.members().stream().map(MemberStatus::postgresPid).toList());
    }

    private String incarnation(int node) throws IOException {
        Path file = cluster().dataDirectory(node).resolve("howdah.incarnation");
        return Files.readString(file).strip();
    }
}

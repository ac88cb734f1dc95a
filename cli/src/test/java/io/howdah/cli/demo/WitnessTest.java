package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberRole;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Two nodes with PostgreSQL and a witness, each a process of its own: what the loss of each means.
@Tag("cluster")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class WitnessTest extends OnRunningCluster {

    private static final int WITNESS = 3;

    @BeforeAll
    void startCluster() {
        run(DemoCluster.withWitness());
    }

    private static int standby(ClusterStatus status) {
        return 3 - DemoCluster.leader(status);
    }

    @Test
    @Order(1)
    void withoutTheWitnessEverythingGoesOn() {
        ClusterStatus before = whole();
        assertThat(DemoCluster.member(before, "n3").role()).isEqualTo(MemberRole.WITNESS);

        cluster().killAgent(WITNESS);
        writer().awaitProgress();
        cluster().start(WITNESS);

        ClusterStatus after = whole();
        assertThat(after.epoch()).isEqualTo(before.epoch());
    }

    @Test
    @Order(2)
    void withoutTheStandbyThePrimaryGoesOnAlone() throws Exception {
        ClusterStatus before = whole();
        int standby = standby(before);

        cluster().killHost(standby);
        cluster()
                .await(
                        "nobody is synchronous",
                        status -> !DemoCluster.member(status, "n" + standby).sync());
        writer().awaitProgress();
        assertThat(cluster().client().cluster().leader()).isEqualTo(before.leader());
        cluster().start(standby);

        writer().assertNothingLost(DemoCluster.leader(whole()));
    }

    @Test
    @Order(3)
    void withoutThePrimaryTheStandbyLeadsAndNothingIsLost() throws Exception {
        ClusterStatus before = whole();
        int primary = DemoCluster.leader(before);

        cluster().killHost(primary);
        ClusterStatus without = cluster().awaitSuccessor(before);
        assertThat(DemoCluster.leader(without)).isEqualTo(standby(before));
        writer().awaitProgress();
        cluster().start(primary);

        writer().assertNothingLost(DemoCluster.leader(whole()));
    }
}

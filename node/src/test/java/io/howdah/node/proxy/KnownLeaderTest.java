package io.howdah.node.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.LeadershipReport;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.topology.Leadership;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class KnownLeaderTest {

    private static Leadership leads(long epoch, String node) {
        return Leadership.of(epoch, new ServerAddress.Tcp(node + ".example.com", 5432));
    }

    private static KnownLeader after(LeadershipReport... reports) {
        KnownLeader known = KnownLeader.NOBODY;
        for (LeadershipReport report : reports) {
            known = known.hear(report);
        }
        return known;
    }

    @Test
    void newestEpochIsBelievedWhoeverTellsOfIt() {
        assertThat(after(Reports.led("n1", 3, "n1"), Reports.led("n2", 4, "n2")).at(0))
                .isEqualTo(leads(4, "n2"));
        assertThat(after(Reports.led("n2", 4, "n2"), Reports.led("n1", 3, "n1")).at(0))
                .as("who is late is not believed")
                .isEqualTo(leads(4, "n2"));
    }

    @Test
    void withinAnEpochNothingGoesBack() {
        assertThat(after(Reports.offered("n1", 3), Reports.led("n1", 3, "n1")).at(0))
                .isEqualTo(leads(3, "n1"));
        assertThat(after(Reports.led("n1", 3, "n1"), Reports.offered("n2", 3)).at(0))
                .isEqualTo(leads(3, "n1"));
        assertThat(after(Reports.over("n1", 3), Reports.led("n2", 3, "n1")).at(0))
                .isEqualTo(Leadership.ofNobody(3));
        assertThat(after(Reports.led("n1", 3, "n1"), Reports.offered("n2", 4)).at(0))
                .isEqualTo(Leadership.ofNobody(4));
    }

    @Test
    void whoSeesNoMajorityIsNotBelieved() {
        assertThat(
                        after(
                                        Reports.led("n1", 3, "n1"),
                                        Reports.cutOff(Reports.led("n2", 9, "n2")))
                                .at(0))
                .isEqualTo(leads(3, "n1"));
    }

    @Test
    void ownPrimaryIsLeftWhenItsLeaseIsOver() {
        KnownLeader known =
                KnownLeader.NOBODY.hearOwn(Reports.led("n1", 3, "n1").leadingUntil(100L));
        assertThat(known.at(99)).isEqualTo(leads(3, "n1"));
        assertThat(known.nanosLeft(99)).isEqualTo(OptionalLong.of(1));
        assertThat(known.at(100)).isEqualTo(Leadership.ofNobody(3));

        KnownLeader renewed = known.hearOwn(Reports.led("n1", 3, "n1").leadingUntil(200L));
        assertThat(renewed.at(150)).as("renewed").isEqualTo(leads(3, "n1"));
    }

    @Test
    void deadlineHoldsWhateverAnAgentThatJustStartedDoesNotKnow() {
        KnownLeader known =
                KnownLeader.NOBODY.hearOwn(Reports.led("n1", 3, "n1").leadingUntil(100L));
        assertThat(known.hearOwn(Reports.led("n1", 3, "n1")).at(100))
                .isEqualTo(Leadership.ofNobody(3));
        assertThat(known.hear(Reports.led("n2", 3, "n1")).at(100))
                .as("another node has not heard of the end yet")
                .isEqualTo(Leadership.ofNobody(3));
        assertThat(
                        known.hearOwn(Reports.cutOff(Reports.led("n1", 3, "n1").leadingUntil(90L)))
                                .at(95))
                .as("also from an agent that sees no majority")
                .isEqualTo(Leadership.ofNobody(3));
    }

    @Test
    void nothingRunsOutInAPauseNorOnOtherNodes() {
        KnownLeader known =
                KnownLeader.NOBODY.hearOwn(Reports.led("n1", 3, "n1").leadingUntil(100L));
        assertThat(known.hearOwn(Reports.paused(Reports.led("n1", 3, "n1"))).at(1_000))
                .isEqualTo(leads(3, "n1"));
        assertThat(known.hear(Reports.led("n2", 4, "n2")).at(1_000)).isEqualTo(leads(4, "n2"));
        assertThat(KnownLeader.NOBODY.hearOwn(Reports.led("n1", 3, "n2")).at(1_000))
                .isEqualTo(leads(3, "n2"));
    }
}

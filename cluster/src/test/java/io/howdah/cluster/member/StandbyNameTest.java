package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.synchronous.InForce;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StandbyNameTest {

    private static final Incarnation INCARNATION = new Incarnation("0badcafe");

    @ParameterizedTest
    @ValueSource(strings = {"n2", "rack_7_b", "a"})
    void aStandbyIsKnownByWhatItCallsItself(String node) {
        var name = new Follower.StandbyName(new NodeName(node), INCARNATION, new Epoch(12));
        assertThat(name.toString()).isEqualTo(node + "_0badcafe_12");
        assertThat(Follower.StandbyName.parse(name.toString())).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "pg_basebackup",
                "psql",
                "howdah catch-up of n2",
                "howdah catch-up of n2_0badcafe_1",
                "n2_0badcafe",
                "n2_xyz_1",
                "_0badcafe_1",
                "N2_0badcafe_1",
                "n2_0badcafe_x"
            })
    void whateverElseStreamsIsNoMember(String applicationName) {
        assertThat(Follower.StandbyName.parse(applicationName)).isEmpty();
    }

    @Test
    void whatIsInForceIsWrittenAsPostgresqlReadsIt() {
        TreeMap<NodeName, Incarnation> members = new TreeMap<>();
        members.put(new NodeName("n2"), INCARNATION);
        members.put(new NodeName("n3"), INCARNATION);
        assertThat(ServerFiles.text(new InForce.Names(members, 1), new Epoch(4)))
                .isEqualTo("ANY 1 (\"n2_0badcafe_4\", \"n3_0badcafe_4\")");
        assertThat(ServerFiles.text(new InForce.Alone(), Epoch.NONE)).isEmpty();
        assertThat(ServerFiles.text(new InForce.Nobody(), Epoch.NONE))
                .isEqualTo("ANY 1 (\"howdah nobody\")");
    }

    @Test
    void nobodyIsNoNameThatAMemberCouldHave() {
        assertThat(Follower.StandbyName.parse("howdah nobody")).isEmpty();
    }
}

package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.led;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.NewerVersionException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProtocolTest {

    private final ClusterDocument today = new ClusterDocument();
    private final ClusterDocument tomorrow = new ClusterDocument(Protocol.CURRENT + 1);

    private static ClusterState report(ClusterState state, NodeName node, int protocol) {
        Member plain = Samples.member(node);
        return accept(
                state,
                new Command.Report(
                        node,
                        new Member(
                                plain.incarnation(),
                                plain.host(),
                                plain.postgresPort(),
                                plain.apiPort(),
                                plain.witness(),
                                plain.tags(),
                                protocol,
                                plain.collations())));
    }

    private static ClusterState all(int n1, int n2, int n3) {
        return report(report(report(led(), N1, n1), N2, n2), N3, n3);
    }

    @Test
    void protocolRisesWithTheLastMemberAndNeverFalls() {
        assertThat(all(1, 2, 2).protocol()).isEqualTo(1);
        assertThat(all(2, 2, 1).protocol()).isEqualTo(1);
        ClusterState upgraded = report(all(1, 3, 2), N1, 3);
        assertThat(upgraded.protocol()).isEqualTo(2);
        assertThat(report(upgraded, N2, 1).protocol()).isEqualTo(2);
    }

    @Test
    void memberOfAVersionThatDidNotSayItsProtocolSpeaksTheFirst() {
        byte[] old =
                """
                {"command":"report","node":"n1","member":{"host":"h","postgresPort":1,"apiPort":2,
                 "witness":false,"tags":{"nofailover":false,"failoverPriority":1,"zone":""}}}
                """
                        .getBytes(StandardCharsets.UTF_8);
        assertThat(((Command.Report) today.decodeCommand(old)).member().protocol()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"command\":\"levitate\",\"node\":\"n1\",\"epoch\":1}",
                "{\"command\":\"renew\",\"node\":\"n1\",\"epoch\":1,\"atMillis\":5,\"altitude\":3}",
            })
    void commandOfALaterVersionIsToldFromADamagedOne(String json) {
        assertThatThrownBy(() -> today.decodeCommand(json.getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(NewerVersionException.class)
                .hasMessageContaining("HINT: install the newest version");
        assertThatThrownBy(() -> today.decodeCommand("{\"comm".getBytes(StandardCharsets.UTF_8)))
                .isNotInstanceOf(NewerVersionException.class);
    }

    @Test
    void stateThatUsesALaterProtocolIsNotRead() {
        byte[] later = tomorrow.encodeState(all(2, 2, 2));
        assertThat(tomorrow.decodeState(later).protocol()).isEqualTo(2);
        assertThatThrownBy(() -> today.decodeState(later))
                .isInstanceOf(NewerVersionException.class)
                .hasMessageContaining("speaks protocol 2, this version of Howdah up to 1");
    }

    @Test
    void nodeThatWasLeftBehindStopsWhenTheOthersRaiseTheProtocol() {
        ClusterState almost = all(1, 2, 2);
        Member last = report(all(2, 2, 2), N1, 2).members().get(N1);
        Command.Report raises = new Command.Report(N1, java.util.Objects.requireNonNull(last));
        assertThat(tomorrow.apply(almost, raises).state().protocol()).isEqualTo(2);
        assertThatThrownBy(() -> today.apply(almost, raises))
                .isInstanceOf(NewerVersionException.class);
    }

    @Test
    void everyCommandOfTodayMayBeProposedInEveryCluster() {
        assertThat(today.objection(led(), new Command.Renew(N1, new Epoch(1), 0, 0))).isEmpty();
    }
}

package io.howdah.cluster.election;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FitnessTest {

    private static final String PRIMARYS = "c 2.36, i 153.120";

    /// n1 leads and sorts as told.
    private static ClusterState ledBy(String collations) {
        return accept(led(), new Command.Report(N1, member(N1).withCondition(collations, true)));
    }

    private static Optional<String> complaint(ClusterState state, String collations) {
        return Fitness.complaint(state, N2, collations, Optional.empty());
    }

    @Test
    void standbyThatSortsOtherwiseThanThePrimaryIsNotElectedAndSaysWhatToDo() {
        assertThat(complaint(ledBy(PRIMARYS), "c 2.31, i 153.112").orElseThrow())
                .contains("it sorts by c 2.31, i 153.112")
                .contains("n1, by c 2.36, i 153.120")
                .contains("HINT: ")
                .contains("REINDEX")
                .contains("REFRESH COLLATION VERSION");
    }

    @Test
    void standbyThatSortsAsThePrimaryDoesMayLead() {
        assertThat(complaint(ledBy(PRIMARYS), PRIMARYS)).isEmpty();
    }

    @Test
    void whatIsNotKnownIsHeldAgainstNobody() {
        assertThat(complaint(ledBy(""), PRIMARYS)).isEmpty();
        assertThat(complaint(ledBy(PRIMARYS), "")).isEmpty();
        assertThat(complaint(ClusterState.INITIAL, PRIMARYS)).isEmpty();
    }

    @Test
    void thePrimaryIsItsOwnMeasure() {
        assertThat(Fitness.complaint(ledBy(PRIMARYS), N1, "c 2.99", Optional.empty())).isEmpty();
    }

    @Test
    void fullVolumeIsAComplaintOfItsOwn() {
        assertThat(Fitness.complaint(led(), N2, "", Optional.of("the volume is full")))
                .contains("the volume is full");
    }

    @Test
    void unfitMemberCountsAsNofailover() {
        assertThat(member(N2).withCondition("", false).tags().nofailover()).isTrue();
        assertThat(member(N2).withCondition("", true)).isEqualTo(member(N2));
    }
}

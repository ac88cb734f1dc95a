package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.led;
import static io.howdah.cluster.state.Samples.member;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.election.Fitness;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Switchover;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReliefTest {

    private static final Optional<String> FULL = Optional.of("the volume is full");
    private static final long LATER = Duration.ofSeconds(31).toNanos();

    private final Relief relief = new Relief(0);

    @Test
    void primaryOnAFullVolumeAsksToBeRelievedByAHealthyVoter() {
        assertThat(relief.ask(leading(led(), true), FULL, 1))
                .contains(new Command.RequestSwitchover(new Switchover(new Epoch(1), N2)));
    }

    @Test
    void itAsksAgainOnlyAfterAWhile() {
        assertThat(relief.ask(leading(led(), true), FULL, 1)).isPresent();
        assertThat(relief.ask(leading(led(), true), FULL, 2)).isEmpty();
        assertThat(relief.ask(leading(led(), true), FULL, LATER)).isPresent();
    }

    @Test
    void itStaysWhereNothingIsInItsWayOrNobodyCouldLead() {
        assertThat(relief.ask(leading(led(), true), Optional.empty(), 1)).isEmpty();
        assertThat(relief.ask(leading(led(), false), FULL, 1)).isEmpty();
        ClusterState allFull = led();
        for (var node : new io.howdah.cluster.state.NodeName[] {N2, N3}) {
            allFull =
                    accept(
                            allFull,
                            new Command.Report(
                                    node,
                                    member(node)
                                            .withCondition(
                                                    "",
                                                    member(node)
                                                            .tags()
                                                            .withPriority(Fitness.LAST))));
        }
        assertThat(relief.ask(leading(allFull, true), FULL, 1)).isEmpty();
    }

    private static Situation leading(ClusterState state, boolean votersHealthy) {
        return new Situation(
                N1,
                state,
                Optional.of(new Epoch(1)),
                new LocalStatus.Primary(SYSTEM, incarnation(N1), at(500), true),
                Epoch.NONE,
                false,
                votersHealthy,
                true,
                false,
                Optional.empty());
    }
}

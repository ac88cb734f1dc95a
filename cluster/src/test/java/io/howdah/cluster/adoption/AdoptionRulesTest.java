package io.howdah.cluster.adoption;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.Pause;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Samples;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdoptionRulesTest {

    private static final Epoch ONE = new Epoch(1);

    /// Adopted on timeline 3, which left timeline 1 at 50.
    private static final Position END = at(100, 3, 50);

    private static final ClusterState ADOPTED =
            accept(
                    ClusterState.INITIAL,
                    new Command.Adopt(
                            N1,
                            incarnation(N1),
                            SYSTEM,
                            END,
                            new ClusterSettings(1, "test", 0, false, 0, new TreeMap<>(), List.of()),
                            1_000));

    private static ClusterState led() {
        ClusterState state = accept(ADOPTED, new Command.CastVote(N1, ONE, vote(N1, END)));
        state = accept(state, new Command.Claim(N1, ONE, vote(N1, END)));
        return accept(
                state,
                new Command.Announce(
                        N1,
                        ONE,
                        incarnation(N1),
                        END,
                        END.history().then(END.lsn(), new TimelineId(4)),
                        SYSTEM,
                        1_700));
    }

    private static void require(ClusterState state, Candidate candidate) {
        AdoptionRules.require(state, N2, Optional.of(SYSTEM), candidate);
    }

    private static void assertRefused(ClusterState state, Candidate candidate, String why) {
        assertThatThrownBy(() -> require(state, candidate)).hasMessageContaining(why);
    }

    private static Candidate primary(Position end, boolean running) {
        return new Candidate(SYSTEM, Role.PRIMARY, end, running);
    }

    private static Candidate standby(Position end) {
        return new Candidate(SYSTEM, Role.STANDBY, end, true);
    }

    @Test
    void primaryComesFirst() {
        assertThatCode(() -> require(ClusterState.INITIAL, primary(END, true)))
                .doesNotThrowAnyException();
        assertThatCode(() -> require(ClusterState.INITIAL, primary(END, false)))
                .doesNotThrowAnyException();
        assertRefused(ClusterState.INITIAL, standby(END), "HINT: adopt the primary first");
    }

    @Test
    void onlyTheDatabaseThatIsNamedOrHeldIsTaken() {
        assertThatThrownBy(() ->
                        AdoptionRules.require(
                                ClusterState.INITIAL,
                                N2,
                                Optional.of(new SystemId(1)),
                                primary(END, true)))
                .hasMessageContaining("howdah.yaml awaits 1");
        assertThatThrownBy(() ->
                        AdoptionRules.require(
                                led(),
                                N2,
                                Optional.empty(),
                                new Candidate(new SystemId(1), Role.STANDBY, END, true)))
                .hasMessageContaining("the cluster holds the database " + SYSTEM);
    }

    @Test
    void clusterMustBeAbleToBeginWithIt() {
        assertRefused(
                accept(ClusterState.INITIAL, new Command.Initialise(N1, 1)),
                primary(END, true),
                "another node initialises");
        assertRefused(
                accept(
                        ClusterState.INITIAL,
                        new Command.Report(N2, member(N2, new Member.Tags(true, 1, "")))),
                primary(END, true),
                "n2 is nofailover");
        assertRefused(
                accept(led(), new Command.Suspend(new Pause("ann", "", 0))),
                standby(END),
                "the cluster is paused");
    }

    @Test
    void standbyOfTheAdoptedPrimaryFollows() {
        assertThatCode(() -> require(led(), standby(END))).doesNotThrowAnyException();
        assertThatCode(() -> require(ADOPTED, standby(at(40)))).doesNotThrowAnyException();
    }

    @Test
    void standbyThatWasPromotedIsRefusedThoughItsTimelineHasAGrantedNumber() {
        assertRefused(
                led(),
                standby(new Position(END.history().then(END.lsn(), new TimelineId(4)), END.lsn())),
                "it was promoted");
    }

    @Test
    void secondPrimaryIsRefused() {
        assertRefused(led(), primary(END, true), "a second primary's");
        assertRefused(led(), primary(END, false), "a second primary's");
        assertRefused(led(), primary(at(60), false), "a second primary's");
        assertRefused(led(), primary(at(40), true), "a second primary's");
    }

    @Test
    void formerPrimaryThatEndedOnTheLineOfTheAdoptedOneFollows() {
        assertThatCode(() -> require(led(), primary(at(40), false))).doesNotThrowAnyException();
        assertRefused(ADOPTED, primary(at(40), false), "a second primary's");
    }

    @Test
    void clusterThatMadeItsDatabaseAdoptsNobody() {
        assertRefused(Samples.led(), standby(at(40)), "gone on for too long");
    }
}

package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.adoption.AdoptionOrder.Role;
import io.howdah.cluster.adoption.Judged;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Samples;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdoptingRulesTest {

    private static final LocalStatus FOREIGN =
            new LocalStatus.Unusable("not adopted", Optional.empty());
    private static final LocalStatus ABSENT = new LocalStatus.Absent();
    private static final AdoptionOrder FIRST = order(Role.PRIMARY, N1);
    private static final AdoptionOrder SECOND = order(Role.STANDBY, N2);

    private static final ClusterState ADOPTED =
            accept(
                    ClusterState.INITIAL,
                    new Command.Adopt(
                            N1,
                            incarnation(N1),
                            SYSTEM,
                            at(100),
                            new ClusterSettings(1, "test", 0, false, 0, new TreeMap<>(), List.of()),
                            1_000));

    private static AdoptionOrder order(Role role, NodeName node) {
        return new AdoptionOrder(
                role,
                SYSTEM,
                incarnation(node),
                "ann",
                new TreeMap<>(),
                List.of(),
                role == Role.PRIMARY ? null : new Judged(TimelineId.FIRST, null));
    }

    private static Situation situation(
            NodeName node, ClusterState state, LocalStatus local, Adopting adopting) {
        return new Situation(
                node,
                state,
                Optional.empty(),
                local,
                Epoch.NONE,
                false,
                false,
                false,
                false,
                Optional.empty(),
                adopting,
                false,
                Optional.empty());
    }

    private static Act next(
            NodeName node, ClusterState state, LocalStatus local, AdoptionOrder order) {
        return Rules.next(
                situation(node, state, local, new Adopting(Optional.empty(), Optional.of(order))));
    }

    private static Act awaiting(ClusterState state, LocalStatus local) {
        return Rules.next(
                situation(N2, state, local, new Adopting(Optional.of(SYSTEM), Optional.empty())));
    }

    private static boolean isVoid(
            AdoptionOrder order, NodeName node, ClusterState state, LocalStatus local) {
        return AdoptingRules.isVoid(order, situation(node, state, local, Adopting.NONE));
    }

    @Test
    void emptyNodeMakesNoDatabaseWhereOneIsAwaited() {
        assertThat(awaiting(ClusterState.INITIAL, ABSENT))
                .isInstanceOfSatisfying(
                        Act.Refuse.class,
                        refused ->
                                assertThat(refused.why())
                                        .contains("waiting for the database " + SYSTEM)
                                        .contains("HINT: run `howdah adopt NODE`"));
        assertThat(Rules.next(situation(N2, ClusterState.INITIAL, ABSENT, Adopting.NONE)))
                .isInstanceOf(Act.ProposeInitialise.class);
    }

    @Test
    void emptyNodeCopiesWhatItAwaitsAndNothingElse() {
        assertThat(awaiting(Samples.led(), ABSENT)).isInstanceOf(Act.Copy.class);
        Situation other =
                situation(
                        N2,
                        Samples.led(),
                        ABSENT,
                        new Adopting(Optional.of(new SystemId(1)), Optional.empty()));
        assertThat(Rules.next(other))
                .isInstanceOfSatisfying(
                        Act.Refuse.class,
                        refused ->
                                assertThat(refused.why())
                                        .contains(
                                                "the cluster holds the database "
                                                        + SYSTEM
                                                        + ", howdah.yaml names 1"));
    }

    @Test
    void databaseIsNotTouchedWithoutAnOrder() {
        assertThat(awaiting(ClusterState.INITIAL, FOREIGN))
                .isEqualTo(new Act.Refuse("not adopted"));
    }

    @Test
    void orderedDatabaseIsAgreedOnBeforeItsDirectoryBecomesOurs() {
        assertThat(next(N1, ClusterState.INITIAL, FOREIGN, FIRST)).isEqualTo(new Act.Adopt(FIRST));
        assertThat(next(N1, ADOPTED, FOREIGN, FIRST)).isEqualTo(new Act.TakeIn(FIRST));
    }

    @Test
    void databaseThatLostToAnotherStaysUntouched() {
        AdoptionOrder late =
                new AdoptionOrder(
                        Role.PRIMARY,
                        SYSTEM,
                        new Incarnation("0000000f"),
                        "ann",
                        new TreeMap<>(),
                        List.of(),
                        null);
        assertThat(next(N2, ADOPTED, FOREIGN, late)).isEqualTo(new Act.Refuse("not adopted"));
        assertThat(isVoid(late, N2, ADOPTED, FOREIGN)).isTrue();
        ClusterState initialising = accept(ClusterState.INITIAL, new Command.Initialise(N2, 1_000));
        assertThat(next(N1, initialising, FOREIGN, FIRST)).isInstanceOf(Act.Refuse.class);
        assertThat(isVoid(FIRST, N1, initialising, FOREIGN)).isFalse();
    }

    @Test
    void standbyIsTakenInOnceItsDatabaseIsTheClusters() {
        assertThat(next(N2, ADOPTED, FOREIGN, SECOND)).isEqualTo(new Act.TakeIn(SECOND));
        assertThat(next(N2, ClusterState.INITIAL, FOREIGN, SECOND)).isInstanceOf(Act.Refuse.class);
        assertThat(isVoid(SECOND, N2, ADOPTED, FOREIGN)).isFalse();
    }

    @Test
    void takenInItFollowsTheOrdinaryRules() {
        LocalStatus stopped =
                new LocalStatus.Stopped(SYSTEM, incarnation(N1), false, Optional.empty());
        assertThat(next(N1, ADOPTED, stopped, FIRST))
                .isEqualTo(new Act.StartStandby(Optional.empty()));
        assertThat(isVoid(FIRST, N1, ADOPTED, stopped)).isTrue();
    }
}

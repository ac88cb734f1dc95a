package io.howdah.cluster.state;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static io.howdah.cluster.state.Samples.N3;
import static io.howdah.cluster.state.Samples.SYSTEM;
import static io.howdah.cluster.state.Samples.accept;
import static io.howdah.cluster.state.Samples.at;
import static io.howdah.cluster.state.Samples.incarnation;
import static io.howdah.cluster.state.Samples.member;
import static io.howdah.cluster.state.Samples.refusal;
import static io.howdah.cluster.state.Samples.sync;
import static io.howdah.cluster.state.Samples.vote;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class AdoptionsTest {

    private static final Epoch ONE = new Epoch(1);
    private static final TimelineId FOURTH = new TimelineId(4);

    /// On timeline 3, which left timeline 1 at 50.
    private static final Position END = at(100, 3, 50);

    static final ClusterSettings SETTINGS =
            new ClusterSettings(1, "adoption", 0, false, 0, new TreeMap<>(), List.of());

    private static final Command.Adopt ADOPT =
            new Command.Adopt(N1, incarnation(N1), SYSTEM, END, SETTINGS, 1_000);

    private static ClusterState reported() {
        ClusterState state = ClusterState.INITIAL;
        for (NodeName node : List.of(N1, N2, N3)) {
            state = accept(state, new Command.Report(node, member(node)));
        }
        return state;
    }

    private static ClusterState adopted() {
        return accept(reported(), ADOPT);
    }

    @Test
    void clusterBeginsWithTheDatabaseAndItsSettings() {
        ClusterState state = adopted();

        assertThat(state.systemId()).isEqualTo(SYSTEM);
        assertThat(state.settings()).isEqualTo(SETTINGS);
        assertThat(state.lease()).isInstanceOf(Lease.Vacant.class);
        assertThat(Adoptions.of(state).orElseThrow().timeline()).isEqualTo(new TimelineId(3));
        assertThat(Adoptions.of(Samples.led())).isEmpty();
    }

    @Test
    void onlyTheVoteOfTheAdoptedDataElects() {
        Vote copied = new Vote(new Incarnation("0000000f"), at(900, 3, 50));

        ClusterState others = accept(adopted(), new Command.CastVote(N2, ONE, vote(N2, END)));
        others = accept(others, new Command.CastVote(N3, ONE, vote(N3, at(900, 3, 50))));
        assertThat(others.lease()).isInstanceOf(Lease.Vacant.class);
        ClusterState another = accept(others, new Command.CastVote(N1, ONE, copied));
        assertThat(another.lease()).isInstanceOf(Lease.Vacant.class);

        ClusterState elected =
                accept(adopted(), new Command.CastVote(N1, ONE, vote(N1, at(120, 3, 50))));
        assertThat(elected.lease()).isEqualTo(new Lease.Offered(N1, ONE, FOURTH, "adopted", 1_000));
    }

    @Test
    void itIsPromotedToATimelineThatItNeverHad() {
        ClusterState state =
                accept(adopted(), new Command.CastVote(N1, ONE, vote(N1, at(120, 3, 50))));
        state = accept(state, new Command.Claim(N1, ONE, vote(N1, at(120, 3, 50))));
        assertThat(state.held().orElseThrow().timeline()).isEqualTo(FOURTH);
        assertThat(sync(state).voters()).isEmpty();

        Position base = at(120, 3, 50);
        state =
                accept(
                        state,
                        new Command.Announce(
                                N1,
                                ONE,
                                incarnation(N1),
                                base,
                                base.history().then(base.lsn(), FOURTH),
                                SYSTEM,
                                1_700));
        assertThat(state.history().getLast().outageMillis()).isEqualTo(700);
        assertThat(state.history().getLast().reason()).isEqualTo("adopted");
    }

    @Test
    void clusterThatHoldsADatabaseAdoptsNoOther() {
        assertThat(refusal(Samples.led(), ADOPT)).contains("holds a database already");
        assertThat(refusal(adopted(), ADOPT)).contains("holds a database already");
        assertThat(refusal(adopted(), new Command.Initialise(N3, 1_000)))
                .contains("is initialised");
    }

    @Test
    void nobodyAdoptsWhileAnotherInitialises() {
        ClusterState state = accept(reported(), new Command.Initialise(N3, 1_000));
        assertThat(refusal(state, ADOPT)).contains("another node initialises");
        state = accept(state, new Command.Claim(N3, ONE, null));
        assertThat(refusal(state, ADOPT)).contains("another node initialises");
    }

    @Test
    void itIsReadAsItIsWritten() {
        ClusterDocument document = new ClusterDocument();
        assertThat(document.decodeCommand(document.encodeCommand(ADOPT))).isEqualTo(ADOPT);
        assertThat(document.decodeState(document.encodeState(adopted()))).isEqualTo(adopted());
    }
}

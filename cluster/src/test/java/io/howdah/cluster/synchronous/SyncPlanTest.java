package io.howdah.cluster.synchronous;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The safe order of changes, tried by a small model of a primary and its standbys: whatever fails
/// whenever, any quorum that the agreed state would ask holds everything that was acknowledged.
class SyncPlanTest {

    private static final int SEEDS = 3_000;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void everyQuorumHoldsEveryAcknowledgedCommit(int standbys) {
        for (int seed = 0; seed < SEEDS; seed++) {
            SyncModel model = new SyncModel(standbys, new Random(seed), false);
            Optional<String> violation = model.run(60);
            assertThat(violation).as("seed %s: %s", seed, model.trace()).isEmpty();
        }
    }

    @Test
    void withoutWaitingForTheFlushAnAcknowledgedCommitIsMissed() {
        boolean found = false;
        for (int seed = 0; seed < SEEDS && !found; seed++) {
            found = new SyncModel(2, new Random(seed), true).run(60).isPresent();
        }
        assertThat(found).as("the model must notice when the rule is switched off").isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void healthyStandbysEndUpListedAndVoting(int standbys) {
        SyncModel model = new SyncModel(standbys, new Random(7), false);
        model.run(40);
        model.healAll();
        assertThat(model.settle(50)).as(model.trace()).isTrue();
        assertThat(model.recorded().voters()).hasSize(standbys);
        assertThat(model.inForce()).isInstanceOf(InForce.Names.class);
    }

    @Test
    void aLeaderWhoseStandbysAreGoneGoesOnAloneOnlyWhenNobodyElseCanBeElected() {
        SyncModel model = new SyncModel(2, new Random(1), false);
        model.healAll();
        model.settle(50);
        model.failAll();
        model.settle(50);
        assertThat(model.inForce()).isEqualTo(new InForce.Alone());
        assertThat(model.recorded().voters()).isEmpty();
    }

    @Test
    void aStrictLeaderWaitsRatherThanGoOnAlone() {
        SyncModel model = new SyncModel(2, new Random(1), false).strict();
        model.healAll();
        model.settle(50);
        model.failAll();
        model.settle(50);
        assertThat(model.inForce()).isEqualTo(new InForce.Nobody());
        assertThat(model.recorded().voters()).isNotEmpty();
    }

    @Test
    void aVoterThatWasCopiedAnewIsDroppedBeforeItCountsAgain() {
        SyncModel model = new SyncModel(1, new Random(1), false);
        model.healAll();
        model.settle(50);
        Incarnation fresh = new Incarnation("ffffffff");
        model.copyAnew(new NodeName("n1"), fresh);
        assertThat(model.step()).isEqualTo(new SyncPlan.Step.Agree(new java.util.TreeMap<>(), 0));
        model.settle(50);
        assertThat(model.recorded().voters()).containsEntry(new NodeName("n1"), fresh);
    }
}

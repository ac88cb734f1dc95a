package io.howdah.cluster.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.deadman.DeadMansSwitch;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.consensus.Store;
import io.howdah.consensus.memory.InMemoryGroup;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the dead man's switch is told about the lease: a deadline in every beat, reckoned from when
/// the confirmed command was sent (10-cluster, "deadline in the beat").
class ToldDeadlineTest {

    private static final NodeName N1 = new NodeName("n1");
    private static final Epoch FIRST = new Epoch(1);
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(2));
    private static final long MILLI = 1_000_000L;
    private static final String DISARMED = "disarmed";

    private final AtomicLong now = new AtomicLong(1_000 * MILLI);
    private final AtomicBoolean paused = new AtomicBoolean();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final InMemoryGroup<ClusterState, Command> group =
            new InMemoryGroup<>(new ClusterDocument(), List.of("n1"));
    private final Store<ClusterState, Command> store = group.store("n1");
    private final LeaseKeeper keeper =
            new LeaseKeeper(
                    N1, store, TERMS, now::get, (_, _) -> {}, new Looking(), new Remembering());

    private final class Looking implements LeaseKeeper.Seen {
        @Override
        public boolean isWorthRenewing() {
            return true;
        }

        @Override
        public long renewals(Epoch held) {
            return 0;
        }

        @Override
        public LeaseKeeper.Pauses pauses(Epoch held) {
            return new LeaseKeeper.Pauses(paused.get(), 0);
        }

        @Override
        public @Nullable Lsn flushed() {
            return null;
        }
    }

    private final class Remembering implements DeadMansSwitch {
        @Override
        public void arm(long deadlineNanos) {
            told.add("armed until " + deadlineNanos / MILLI);
        }

        @Override
        public void limit(long deadlineNanos) {
            told.add("until " + deadlineNanos / MILLI + " at most");
        }

        @Override
        public void disarm() {
            told.add(DISARMED);
        }

        @Override
        public boolean isThere() {
            return true;
        }
    }

    @BeforeEach
    void leaseIsClaimed() {
        var _ = store.submit(new Command.Initialise(N1, 0));
        group.deliver();
        CompletableFuture<LeaseKeeper.Taken> claim = keeper.claim(FIRST, null);
        now.addAndGet(300 * MILLI);
        group.deliver();
        assertThat(claim.join().held()).isTrue();
        assertThat(told).containsExactly("armed until 2500");
        told.clear();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void aConfirmationThatComesLatePromisesNoMore() {
        CompletableFuture<LeaseKeeper.Taken> renewal = keeper.takeOver(FIRST);
        now.addAndGet(1_400 * MILLI);
        group.deliver();

        assertThat(renewal.join().held()).isTrue();
        assertThat(told).containsExactly("until 2500 at most", "armed until 2800");
    }

    /// It is applied, and ends the grace that the agent before this one was given.
    @Test
    void oneThatComesTooLateHasCostTheGraceOfTheRestart() {
        keeper.drop();
        told.clear();
        CompletableFuture<LeaseKeeper.Taken> renewal = keeper.takeOver(FIRST);
        now.addAndGet(1_600 * MILLI);
        group.deliver();

        assertThat(renewal.join().held()).isFalse();
        assertThat(told).containsExactly("until 2800 at most");
    }

    @Test
    void whoGivesTheLeaseBackDisarms() {
        keeper.drop();

        assertThat(told).containsExactly(DISARMED);
    }

    @Test
    void theGraceOfARestartIsTold() throws Exception {
        group.deliverAtOnce(true);

        assertThat(keeper.furlough(Duration.ofSeconds(20))).hasValue(17_800 * MILLI);

        assertThat(told).containsExactly("armed until 17800");
    }

    @Test
    void inAPauseNothingIsEnded() {
        paused.set(true);
        var _ = keeper.takeOver(FIRST);
        group.deliver();

        assertThat(told).containsExactly(DISARMED);
    }

    /// An agent that goes in a pause leaves PostgreSQL as it is, however short the pause is so far.
    @Test
    void whoGoesInAPauseLeavesTheSwitchDisarmed() {
        paused.set(true);
        keeper.start();
        keeper.close();

        assertThat(told).endsWith(DISARMED);
    }

    @Test
    void whoGoesAsTheHolderLeavesTheSwitchArmed() {
        keeper.start();
        keeper.close();

        assertThat(told).endsWith("armed until 2500");
    }

    /// What was held may have run out while it waited for its renewals.
    @Test
    void noGraceIsAskedForWhatIsHeldNoMore() throws Exception {
        keeper.drop();
        told.clear();

        assertThat(keeper.furlough(Duration.ofSeconds(20))).isEmpty();

        assertThat(told).isEmpty();
    }

    @Test
    void aHolderDoesNotStandDown() {
        keeper.standDown();
        assertThat(told).isEmpty();

        now.addAndGet(10_000 * MILLI);
        keeper.standDown();
        assertThat(told).containsExactly(DISARMED);
    }
}

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
import io.howdah.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Nothing is decided by the wall clock, and the boot clock counts what a machine slept.
class ClockJumpTest {

    private static final NodeName N1 = new NodeName("n1");
    private static final Epoch FIRST = new Epoch(1);
    private static final LeaseTerms TERMS = new LeaseTerms(Duration.ofSeconds(2));
    private static final Path SOURCES = Path.of("src", "main", "java", "io", "howdah", "cluster");

    private static final class Always implements LeaseKeeper.Seen {
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
            return new LeaseKeeper.Pauses(false, 0);
        }

        @Override
        public @Nullable Lsn flushed() {
            return null;
        }
    }

    @Test
    void holderThatSleptThroughItsLeaseIsFencedWhenItWakes() throws Exception {
        AtomicLong bootNanos = new AtomicLong(1_000_000_000L);
        AtomicReference<Epoch> fenced = new AtomicReference<>(Epoch.NONE);
        InMemoryGroup<ClusterState, Command> group =
                new InMemoryGroup<>(new ClusterDocument(), List.of("n1"));
        group.deliverAtOnce(true);
        try (Store<ClusterState, Command> store = group.store("n1");
                LeaseKeeper keeper =
                        new LeaseKeeper(
                                N1,
                                store,
                                TERMS,
                                bootNanos::get,
                                (epoch, _) -> fenced.set(epoch),
                                new Always(),
                                DeadMansSwitch.NONE)) {
            store.submit(new Command.Initialise(N1, 0)).join();
            assertThat(keeper.claim(FIRST, null).join().held()).isTrue();
            keeper.start();
            assertThat(keeper.heldEpoch()).contains(FIRST);

            // nothing renews from here on, and the machine sleeps for a minute
            group.setReachable("n1", false);
            bootNanos.addAndGet(Duration.ofMinutes(1).toNanos());

            assertThat(keeper.heldEpoch()).as("at once, before any thread ran").isEmpty();
            Await.until("PostgreSQL is ended", () -> FIRST.equals(fenced.get()));
        }
    }

    @Test
    void watcherThatSleptProposesNothingUntilAWholeLeaseHasPassedAwake() {
        ExpiryWatch watch = new ExpiryWatch(new NodeName("n2"), TERMS);
        var lease =
                new io.howdah.cluster.state.Lease.Offered(
                        N1, FIRST, io.howdah.postgres.TimelineId.FIRST, "", 0);
        long second = 1_000_000_000L;
        assertThat(watch.look(lease, 0, 0)).isEmpty();
        assertThat(watch.look(lease, 600 * second, 0)).as("it slept ten minutes").isEmpty();
        assertThat(watch.look(lease, 600 * second + second / 2, 0)).isEmpty();
    }

    @Test
    void wallClockStepsDoNotBringAnExpiryNearer() {
        ExpiryWatch steady = new ExpiryWatch(new NodeName("n2"), TERMS);
        ExpiryWatch jumping = new ExpiryWatch(new NodeName("n2"), TERMS);
        var lease =
                new io.howdah.cluster.state.Lease.Offered(
                        N1, FIRST, io.howdah.postgres.TimelineId.FIRST, "", 0);
        for (int tenth = 0; tenth < 40; tenth++) {
            long nanos = tenth * 100_000_000L;
            long wall = tenth % 2 == 0 ? Long.MIN_VALUE / 2 : Long.MAX_VALUE / 2;
            assertThat(jumping.look(lease, nanos, wall).isPresent())
                    .isEqualTo(steady.look(lease, nanos, tenth).isPresent());
        }
    }

    @Test
    void noRuleReadsAClock() throws IOException {
        for (String room : List.of("state", "election", "synchronous", "step")) {
            assertThat(lines(SOURCES.resolve(room)))
                    .noneMatch(line ->
                            line.contains("currentTimeMillis")
                                    || line.contains("nanoTime")
                                    || line.contains("Instant.now")
                                    || line.contains("Thread.sleep"));
        }
    }

    private static List<String> lines(Path folder) throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        assertThat(lines).isNotEmpty();
        return lines;
    }
}

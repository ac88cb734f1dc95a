package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.deadman.DeadMansSwitch;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.lease.LeaseTerms;
import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Servers;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.step.Steps;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.consensus.memory.InMemoryGroup;
import io.howdah.postgres.Installations;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// A switchover as the leader performs it, on real servers; the agreed state is kept in memory.
class HandOverTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final LinuxBootClock CLOCK = new LinuxBootClock();

    /// Nobody is waited for.
    private static final String BULK =
            "set synchronous_commit = local; create table bulk as select pg_catalog.repeat(n::text, 40) as t from pg_catalog.generate_series(1, 200000) as n";

    private final Servers servers =
            new Servers(new Installations(OperatingSystemUser.forPostgres()).embedded());
    private final Store<ClusterState, Command> store = store();
    private final FollowerHealth health = new FollowerHealth(Duration.ofMinutes(1).toNanos());
    private final HandOver handOver =
            new HandOver(
                    N1,
                    servers.of(N1),
                    new Proposals(store, CLOCK),
                    new LeaseKeeper(
                            N1,
                            store,
                            new LeaseTerms(Duration.ofSeconds(60)),
                            CLOCK,
                            (_, _) -> {},
                            new NothingSeen(),
                            DeadMansSwitch.NONE),
                    health,
                    new Service(CLOCK),
                    CLOCK,
                    Steps.UNWATCHED);

    private static Store<ClusterState, Command> store() {
        InMemoryGroup<ClusterState, Command> group =
                new InMemoryGroup<>(new ClusterDocument(), List.of(N1.value()));
        group.deliverAtOnce(true);
        return group.store(N1.value());
    }

    @BeforeEach
    void start() {
        servers.primary(N1);
        report(N1);
        accept(new Command.Initialise(N1, 0));
        accept(new Command.Claim(N1, FIRST, null));
        LocalStatus.Primary primary = (LocalStatus.Primary) servers.of(N1).status();
        Position base = primary.position();
        accept(
                new Command.Announce(
                        N1,
                        FIRST,
                        primary.incarnation(),
                        base,
                        base.history(),
                        primary.systemId(),
                        0));
        servers.standby(N2, servers.upstream(N1, FIRST));
        report(N2);
        servers.of(N1).enforce(servers.named(N2), FIRST);
    }

    @AfterEach
    void stop() {
        servers.close();
    }

    @Test
    void whoHasMuchToReplayIsNotMadeThePrimaryUntilItHasReplayedIt() {
        execute(N2, "select pg_catalog.pg_wal_replay_pause()");
        execute(N1, BULK);
        health.look(servers.of(N1).followers(), FIRST, CLOCK.nanos());

        assertThat(comesTo(request())).isEqualTo(HandOver.Progress.GIVEN_UP);

        assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Primary.class);
        assertThat(store.seen().state().switchover()).isNull();
        assertThat(store.seen().state().cancelled())
                .satisfies(given -> assertThat(given.why()).contains("n2 has still to replay"));

        execute(N2, "select pg_catalog.pg_wal_replay_resume()");
        assertThat(comesTo(request())).isEqualTo(HandOver.Progress.HANDED_OVER);
        assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Stopped.class);
    }

    /// The stop would wait for it.
    @Test
    void noPrimaryIsStoppedWhileAStandbyHasMuchToReceive() {
        try (ProcessGrip receiver = servers.child(N2, "walreceiver")) {
            health.look(servers.of(N1).followers(), FIRST, CLOCK.nanos());
            assertThat(receiver.signal(Signal.STOP)).isTrue();
            execute(N1, BULK);

            assertThat(comesTo(request())).isEqualTo(HandOver.Progress.GIVEN_UP);
            assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Primary.class);
            assertThat(store.seen().state().cancelled())
                    .satisfies(given ->
                            assertThat(given.why())
                                    .containsAnyOf(
                                            "n2 has still to receive", "n2 does not stream"));
            assertThat(receiver.signal(Signal.CONTINUE)).isTrue();
        }
    }

    /// As the loop does: it looks after whoever commits wait for meanwhile.
    private HandOver.Progress comesTo(Switchover request) {
        AtomicReference<HandOver.Progress> progress = new AtomicReference<>();
        Await.until(
                "it is handed over or given up",
                () -> {
                    progress.set(handOver.perform(request, store.seen().state()));
                    return progress.get() != HandOver.Progress.PREPARING;
                });
        return Objects.requireNonNull(progress.get());
    }

    private Switchover request() {
        Switchover request = new Switchover(FIRST, N2);
        accept(new Command.RequestSwitchover(request));
        return request;
    }

    private void report(NodeName node) {
        accept(
                new Command.Report(
                        node,
                        new Member(
                                servers.incarnation(node),
                                "127.0.0.1",
                                servers.upstream(node, FIRST).port(),
                                1,
                                false,
                                Member.Tags.NONE)));
    }

    private void accept(Command command) {
        Outcome<ClusterState> outcome = store.submit(command).join();
        assertThat(outcome.accepted()).as("%s: %s", command, outcome.refusal()).isTrue();
    }

    private void execute(NodeName node, String sql) {
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(node))) {
            session.executeWithin(Await.PATIENCE, sql);
        }
    }

    private static final class NothingSeen implements LeaseKeeper.Seen {
        @Override
        public boolean isWorthRenewing() {
            return true;
        }

        @Override
        public LeaseKeeper.Pauses pauses(Epoch held) {
            return new LeaseKeeper.Pauses(false, 0);
        }

        @Override
        public long renewals(Epoch held) {
            return 0;
        }

        @Override
        public @Nullable Lsn flushed() {
            return null;
        }
    }
}

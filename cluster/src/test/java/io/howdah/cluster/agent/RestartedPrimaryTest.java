package io.howdah.cluster.agent;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Servers;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Samples;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.consensus.memory.InMemoryGroup;
import io.howdah.postgres.Installation;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A primary that was restarted in place has rows that were acknowledged to nobody: its crash
/// recovery makes them visible. It serves nobody until as many members hold them as an acknowledged
/// row, or clients would read what the next election takes back. Here the rules' own decision, on
/// real servers; the agreed state is kept in memory.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RestartedPrimaryTest {

    private static final Epoch FIRST = new Epoch(1);
    private static final Secret PASSWORD = Secret.of("app-secret-kPq3");
    private static final String NOT_ADMITTED = "28000";
    private static final Duration LONG = Duration.ofHours(1);

    /// Nobody is given up in these tests: what is meant here is the time before that.
    private static final long PATIENCE_NANOS = LONG.toNanos();

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private Servers servers;

    @SuppressWarnings("NullAway.Init")
    private Store<ClusterState, Command> store;

    @SuppressWarnings("NullAway.Init")
    private SyncDriver sync;

    private final Set<Long> falselyTold = ConcurrentHashMap.newKeySet();
    private final FollowerHealth health = new FollowerHealth(PATIENCE_NANOS);

    @BeforeParameterizedClassInvocation
    void start(Installation injected) {
        installation = injected;
        servers = new Servers(installation);
        InMemoryGroup<ClusterState, Command> group =
                new InMemoryGroup<>(new ClusterDocument(), List.of(N1.value()));
        group.deliverAtOnce(true);
        store = group.store(N1.value());
        sync =
                new SyncDriver(
                        N1,
                        servers.of(N1),
                        new Proposals(store, new LinuxBootClock()),
                        health,
                        new ClusterSettings(0, "test", 0, true, 0, new TreeMap<>(), List.of()),
                        Steps.UNWATCHED);
        servers.primary(N1);
        initialise();
        servers.standby(N2, servers.upstream(N1, FIRST));
        for (NodeName node : List.of(N1, N2)) {
            report(node);
            servers.of(node)
                    .configure(
                            new TreeMap<>(),
                            List.of("host all app 127.0.0.1/32 scram-sha-256"),
                            false);
        }
        begin();
        Await.until(
                "n2 is recorded as the voter, and commits wait for it",
                () ->
                        sync.tend(FIRST, System.nanoTime()) == SyncDriver.Progress.SETTLED
                                && recorded().voters().containsKey(N2));
        servers.of(N1).open();
        superuser("create table written (id bigint)");
        superuser("create role app login password '" + new String(PASSWORD.reveal()) + "'");
        superuser("grant select on written to app");
        superuser("insert into written values (1)");
        Await.until("clients are served", () -> isServed(N1));
    }

    @AfterParameterizedClassInvocation
    void stop() {
        servers.close();
    }

    @Test
    @Order(1)
    void primaryWhoseBackendCrashedServesOnlyOnceTheQuorumHoldsAllOfIt() {
        assertThat(rowsForClients(N1)).containsExactly(1L);
        servers.of(N2).cut();
        commitThatNobodyConfirms(2);

        crashBackend();
        Await.until(
                "PostgreSQL has ended, and does not start itself again",
                () ->
                        servers.of(N1).status() instanceof LocalStatus.Stopped stopped
                                && !stopped.leftovers());
        servers.of(N1).startPrimary();
        begin();

        assertThat(rowsThere(N1)).containsExactly(1L, 2L);
        assertNobodyIsServed();

        servers.of(N2).follow(servers.upstream(N1, FIRST));
        awaitOpenable();
        servers.of(N1).open();
        Await.until("clients are served", () -> isServed(N1));
        // what they read is on the standby, which can hide it no more
        assertThat(rowsForClients(N1)).containsExactly(1L, 2L);
        servers.of(N2).cut();
        Await.until("n2 has replayed it", () -> rowsThere(N2).equals(List.of(1L, 2L)));
    }

    @Test
    @Order(2)
    void rowThatVanishesInTheNextElectionWasReadByNobody() {
        commitThatNobodyConfirms(3);
        servers.of(N1).kill();
        servers.of(N1).startPrimary();
        begin();

        // without the rule, this is what clients would read
        assertThat(rowsThere(N1)).containsExactly(1L, 2L, 3L);
        assertNobodyIsServed();

        servers.of(N1).kill();
        electTheStandby();
        assertThat(rowsForClients(N2)).containsExactly(1L, 2L);
        assertThat(falselyTold).isEmpty();
    }

    /// The cluster is n1's, as its agent announces it.
    private void initialise() {
        LocalStatus.Primary primary = (LocalStatus.Primary) servers.of(N1).status();
        Position base = primary.position();
        report(N1);
        accept(new Command.Initialise(N1, 0));
        accept(new Command.Claim(N1, FIRST, null));
        accept(
                new Command.Announce(
                        N1,
                        FIRST,
                        primary.incarnation(),
                        base,
                        base.history(),
                        primary.systemId(),
                        0));
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

    /// The agent before has asked for other voters, ended, and its command comes late.
    @Test
    @Order(1)
    void changeOfVotersThatAFormerAgentAskedForIsVoid() {
        Sync before = recorded();
        begin();
        assertThat(isOpenable()).isFalse();
        awaitOpenable();

        Outcome<ClusterState> late =
                store.submit(new Command.SetVoters(N1, FIRST, before.version(), new TreeMap<>(), 0))
                        .join();
        assertThat(late.accepted()).isFalse();
        assertThat(recorded().voters()).isEqualTo(before.voters());
    }

    /// As after every start of a primary.
    private void begin() {
        health.begin(System.nanoTime());
        sync.goOn(new InForce.Nobody());
    }

    private boolean isOpenable() {
        return sync.isOpenable(recorded());
    }

    private Sync recorded() {
        return Samples.sync(store.seen().state());
    }

    private void awaitOpenable() {
        Await.until(
                "the quorum holds all that n1 shows",
                () -> {
                    sync.tend(FIRST, System.nanoTime());
                    return isOpenable();
                });
    }

    private void assertNobodyIsServed() {
        for (int i = 0; i < 5; i++) {
            sync.tend(FIRST, System.nanoTime());
            assertThat(isOpenable()).isFalse();
            assertThat(servers.of(N1).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Primary.class,
                            primary -> assertThat(primary.open()).isFalse());
            assertThatThrownBy(() -> rowsForClients(N1))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            refused -> assertThat(refused.sqlState()).isEqualTo(NOT_ADMITTED));
        }
    }

    private void electTheStandby() {
        accept(new Command.Release(N1, FIRST, "crashed", 0));
        Epoch second = FIRST.next();
        Vote vote = new Vote(servers.incarnation(N2), servers.of(N2).cut());
        accept(new Command.CastVote(N2, second, vote));
        Lease.Offered offered = (Lease.Offered) store.seen().state().lease();
        assertThat(offered.to()).isEqualTo(N2);
        accept(new Command.Claim(N2, second, vote));
        servers.of(N2).promote(offered.timeline(), new InForce.Nobody(), second, () -> {});
    }

    private void commitThatNobodyConfirms(long id) {
        var _ =
                Thread.ofVirtual()
                        .start(() -> {
                            try (PostgresConnection session =
                                    PostgresConnection.open(servers.bySocket(N1))) {
                                session.executeWithin(LONG, "insert into written values ($1)", id);
                                falselyTold.add(id);
                            } catch (WireException e) {
                                return; // its server crashes
                            }
                        });
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(N1))) {
            Await.until(
                    "the commit waits for standbys",
                    () ->
                            session.query(
                                            "select exists (select from pg_stat_activity where wait_event = 'SyncRep') as waits")
                                    .single()
                                    .booleanValue("waits"));
        }
    }

    private void crashBackend() {
        try (PostgresConnection victim = PostgresConnection.open(servers.bySocket(N1));
                ProcessGrip backend =
                        ProcessGrip.on(
                                        victim.query("select pg_backend_pid()::bigint as pid")
                                                .single()
                                                .longValue("pid"))
                                .orElseThrow()) {
            assertThat(backend.signal(Signal.KILL)).isTrue();
        }
    }

    private void superuser(String sql) {
        try (PostgresConnection session = PostgresConnection.open(servers.bySocket(N1))) {
            session.executeWithin(Await.PATIENCE, sql);
        }
    }

    private boolean isServed(NodeName node) {
        try {
            return !rowsForClients(node).isEmpty();
        } catch (PostgresServerException e) {
            return false;
        }
    }

    private List<Long> rowsForClients(NodeName node) {
        return rows(PostgresConnection.open(servers.byTcp(node, "app", PASSWORD)));
    }

    private List<Long> rowsThere(NodeName node) {
        return rows(PostgresConnection.open(servers.bySocket(node)));
    }

    private static List<Long> rows(PostgresConnection opened) {
        try (opened) {
            List<Long> rows = new ArrayList<>();
            opened.query("select id from written order by id")
                    .forEach(row -> rows.add(row.longValue("id")));
            return rows;
        }
    }
}

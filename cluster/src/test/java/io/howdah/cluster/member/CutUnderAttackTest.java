package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
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

/// After its vote a standby never again helps the old primary to acknowledge, though that one is
/// alive, reachable and writing, and its vote counts everything that it has helped with. One
/// standby confirms all commits here, so each acknowledgement after the vote is a broken promise.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CutUnderAttackTest {

    private static final Epoch EPOCH = new Epoch(1);
    private static final int STORM_ROUNDS = 5;
    private static final int REFUSALS = 5;
    private static final int CUTS_MOST = 5;

    /// SIGUSR1, by which the startup process asks for a receiver, in the kernel's mask.
    private static final long ASKED = 1L << (10 - 1);

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private Servers servers;

    @SuppressWarnings("NullAway.Init")
    private PostgresConnection old;

    @SuppressWarnings("NullAway.Init")
    private Commits commits;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) {
        installation = injected;
        servers = new Servers(installation);
        servers.primary(N1);
        servers.standby(N2, servers.upstream(N1, EPOCH));
        // a reader holds replay up for as long as it likes
        servers.of(N2)
                .configure(
                        new TreeMap<>(
                                Map.of(
                                        "max_standby_streaming_delay", "-1",
                                        "max_standby_archive_delay", "-1")),
                        List.of(),
                        false);
        servers.of(N1).enforce(servers.named(N2), EPOCH);
        old = PostgresConnection.open(servers.bySocket(N1));
        old.execute("create table written (id bigint primary key)");
        old.execute("create table read (id bigint)");
        old.execute("create table held (id bigint)");
        commits = new Commits(servers.bySocket(N1));
    }

    @AfterParameterizedClassInvocation
    void stop() {
        commits.close();
        old.close();
        servers.close();
    }

    @BeforeEach
    void attach() {
        servers.of(N2).follow(servers.upstream(N1, EPOCH));
        servers.awaitStreaming(N2);
        commits.awaitMore(3);
    }

    @Test
    @Order(1)
    void receiverThatWasAskedForBeforeTheCutStartsInVain() {
        Position vote;
        long postmaster = servers.of(N2).pid().orElseThrow();
        try (ProcessGrip grip = ProcessGrip.on(postmaster).orElseThrow()) {
            assertThat(grip.signal(Signal.STOP)).isTrue();
            ReconnectStorm.endWalSenders(old);
            Await.until(
                    "a receiver is asked for, and the postmaster does not see it",
                    () -> (pendingSignals(postmaster) & ASKED) != 0);

            CompletableFuture<Position> cut = CompletableFuture.supplyAsync(this::cutOff);
            Await.until(
                    "the service file is empty",
                    () -> !text(servers.serviceFile(N2)).contains("host"));
            assertThat(grip.signal(Signal.CONTINUE)).isTrue();
            vote = cut.join();
        }

        assertNobodyIsToldAnythingAfter(vote);
        assertAllThatWasToldIsHere();
    }

    /// An agent died between the two halves of the cut. The next one finds a service file that
    /// names nobody, and a receiver at work.
    @Test
    @Order(1)
    void nextAgentFinishesACutThatWasHalfDone() throws IOException {
        Files.writeString(servers.serviceFile(N2), "");
        servers.restartAgent(N2);
        assertThat(standby().receiving()).isTrue();
        assertThat(standby().following()).contains(Epoch.NONE);

        Position vote = cutOff();
        assertThat(standby().following()).isEmpty();
        assertThat(standby().receiving()).isFalse();
        assertNobodyIsToldAnythingAfter(vote);
        servers.restartAgent(N2);
        assertThat(standby().following()).contains(Epoch.NONE);
    }

    private LocalStatus.Standby standby() {
        return (LocalStatus.Standby) servers.of(N2).status();
    }

    @Test
    @Order(2)
    void stormOfReconnectionsGetsNothingPastTheCut() {
        try (var _ = new ReconnectStorm(servers.bySocket(N1), commits)) {
            for (int round = 0; round < STORM_ROUNDS; round++) {
                Position vote = cutOff();
                assertNobodyIsToldAnythingAfter(vote);
                assertAllThatWasToldIsHere();
                attach();
            }
        }
    }

    @Test
    @Order(3)
    void lockConflictInReplayHidesNothingFromTheVote() {
        Position vote;
        try (PostgresConnection reader = PostgresConnection.open(servers.bySocket(N2))) {
            reader.execute("begin");
            reader.query("select count(*) from read");
            old.execute("truncate read");
            Await.until(
                    "replay waits for the reader",
                    () -> isTrue(reader, "wait_event_type = 'Lock'", "startup"));
            commits.awaitMore(20);

            vote = cutOff();

            assertThat(servers.of(N2).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Standby.class,
                            standby -> assertThat(standby.replayLagBytes()).isPositive());
        }
        // only who has replayed all asks for a receiver
        assertNobodyIsToldAnythingAfter(vote);
        assertAllThatWasToldIsHere();
    }

    @Test
    @Order(4)
    void receiverThatDoesNotEndTakesItsServerWithIt() {
        try (ProcessGrip receiver = servers.child(N2, "walreceiver")) {
            assertThat(receiver.signal(Signal.STOP)).isTrue();

            assertThatThrownBy(() -> servers.of(N2).cut())
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("still receive WAL");

            assertThat(receiver.isAlive()).isFalse();
            assertThat(servers.of(N2).status())
                    .isInstanceOfSatisfying(
                            LocalStatus.Stopped.class,
                            stopped -> assertThat(stopped.leftovers()).isFalse());
        }
        // a start alone lets nobody in again
        servers.of(N2).startStandby(Optional.empty());
        assertNobodyIsToldAnythingAfter(servers.awaitPosition(N2));
        assertAllThatWasToldIsHere();
    }

    @Test
    @Order(5)
    void serviceFileOfTheMachineIsNotReadInsteadOfAnEmptyOne() {
        old.execute("create temporary table environment (value text)");
        old.execute("copy environment from program 'echo $PGSYSCONFDIR'");

        Path directory = Path.of(old.query("select value from environment").single().text("value"));

        assertThat(directory).isEqualTo(servers.serviceFile(N1).getParent());
        assertThat(directory.resolve("pg_service.conf")).doesNotExist();
    }

    /// The last one: from here on there is another primary. A reader that conflicts with the replay
    /// does not keep everybody else from writing.
    @Test
    @Order(6)
    void longReplayHidesNothingFromTheVoteNorFromTheNextPrimary() {
        PostgresConnection reader = PostgresConnection.open(servers.bySocket(N2));
        reader.execute("begin");
        reader.query("select count(*) from held");
        try (PostgresConnection standby = PostgresConnection.open(servers.bySocket(N2))) {
            standby.query("select pg_catalog.pg_wal_replay_pause()");
            Await.until(
                    "replay is paused",
                    () ->
                            standby.query("select pg_catalog.pg_get_wal_replay_pause_state() as s")
                                    .single()
                                    .text("s")
                                    .equals("paused"));
        }
        old.execute("truncate held");
        long bulk =
                old.executeWithin(
                        Await.PATIENCE,
                        "insert into read select n from generate_series(1, 200000) as n");
        commits.awaitMore(20);

        Position vote = cutOff();
        long begun = commits.begun();
        assertThat(servers.awaitPosition(N2)).isEqualTo(vote);
        AtomicInteger advances = new AtomicInteger();
        servers.of(N2)
                .promote(
                        new TimelineId(2),
                        new InForce.Nobody(),
                        EPOCH.next(),
                        advances::incrementAndGet);
        assertThat(advances).hasPositiveValue();
        assertThatThrownBy(() -> reader.query("select count(*) from held"))
                .isInstanceOf(WireException.class);
        reader.close();

        assertAllThatWasToldIsHere();
        try (PostgresConnection next = PostgresConnection.open(servers.bySocket(N2))) {
            assertThat(count(next, "read")).isEqualTo(bulk);
        }
        // the old primary has never stopped asking
        assertThat(servers.of(N1).status()).isInstanceOf(LocalStatus.Primary.class);
        assertThat(isTrue(old, "wait_event = 'SyncRep'", "")).isTrue();
        assertThat(commits.latest()).isLessThanOrEqualTo(begun);
    }

    /// As an agent does it: what cannot be had now is tried again.
    private Position cutOff() {
        for (int i = 1; ; i++) {
            try {
                return servers.of(N2).cut();
            } catch (RuntimeException e) {
                if (i == CUTS_MOST) {
                    throw e;
                }
                if (servers.of(N2).status() instanceof LocalStatus.Stopped) {
                    servers.of(N2).startStandby(Optional.empty());
                }
            }
        }
    }

    /// Counts what clients of the old primary are told after the vote: nothing, however often the
    /// standby's startup process asks for a receiver. What had been confirmed before may be on its
    /// way to a client still.
    private void assertNobodyIsToldAnythingAfter(Position vote) {
        long begun = commits.begun();
        long refused = refusals();
        Await.until(
                "a commit waits for the standby", () -> isTrue(old, "wait_event = 'SyncRep'", ""));
        ServerProcesses processes = new ServerProcesses(servers.of(N2).dataDirectory());
        Await.until(
                "receivers start in vain, again and again",
                () -> {
                    processes.wakeStartup();
                    return refusals() >= refused + REFUSALS;
                });
        assertThat(commits.latest()).as("acknowledged after the vote").isLessThanOrEqualTo(begun);
        assertThat(servers.awaitPosition(N2)).isEqualTo(vote);
    }

    private void assertAllThatWasToldIsHere() {
        Set<Long> told = commits.acknowledged();
        try (PostgresConnection here = PostgresConnection.open(servers.bySocket(N2))) {
            Await.until(
                    "every row that was acknowledged is on n2", () -> rows(here).containsAll(told));
        }
    }

    private static Set<Long> rows(PostgresConnection connection) {
        Set<Long> rows = new TreeSet<>();
        connection.query("select id from written").forEach(row -> rows.add(row.longValue("id")));
        return rows;
    }

    private static long count(PostgresConnection connection, String table) {
        return connection
                .query("select count(*) as n from " + new SqlIdentifier(table))
                .single()
                .longValue("n");
    }

    /// Whether any process of a server, of that kind or of all, does this.
    private static boolean isTrue(PostgresConnection connection, String what, String backendType) {
        return connection
                .query(
                        "select exists (select from pg_catalog.pg_stat_activity where "
                                + what
                                + " and $1 in ('', backend_type)) as so",
                        backendType)
                .single()
                .booleanValue("so");
    }

    private long refusals() {
        return servers.log(N2)
                .lines()
                .filter(line -> line.contains("definition of service"))
                .count();
    }

    private static long pendingSignals(long pid) {
        return text(Path.of("/proc", Long.toString(pid), "status"))
                .lines()
                .filter(line -> line.startsWith("ShdPnd:") || line.startsWith("SigPnd:"))
                .mapToLong(line -> Long.parseUnsignedLong(line.substring(7).strip(), 16))
                .reduce(0, (a, b) -> a | b);
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.howdah.cluster.member;

import static io.howdah.cluster.state.Samples.N1;
import static io.howdah.cluster.state.Samples.N2;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerMessage;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
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

/// Whom commits wait for is in force when `enforce` says so, and a server is down when `kill` says
/// so, however late PostgreSQL's own processes are.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SettingsInForceTest {

    private static final Epoch EPOCH = new Epoch(1);
    private static final Duration LONG = Duration.ofHours(1);

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private Servers servers;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) {
        installation = injected;
        servers = new Servers(installation);
        servers.primary(N1);
        servers.standby(N2, servers.upstream(N1, EPOCH));
        servers.of(N1).enforce(new InForce.Alone(), EPOCH);
        insert("create table written (id bigint primary key)").join();
    }

    @AfterParameterizedClassInvocation
    void stop() {
        servers.close();
    }

    @Test
    @Order(1)
    void commitsWaitOnceItIsSaidSoHoweverLateTheCheckpointerIs() {
        CompletableFuture<Lsn> enforced;
        try (ProcessGrip checkpointer = servers.child(N1, "checkpointer")) {
            assertThat(checkpointer.signal(Signal.STOP)).isTrue();
            enforced =
                    CompletableFuture.supplyAsync(
                            () -> servers.of(N1).enforce(new InForce.Nobody(), EPOCH));
            Await.until("sessions know the new names", () -> names().equals(ServerFiles.NOBODY));
            // what makes this hard: the setting shows, and no commit waits
            insert("insert into written values (1)").join();

            assertThat(enforced).isNotDone();
            assertThat(checkpointer.signal(Signal.CONTINUE)).isTrue();
        }

        enforced.join();

        CompletableFuture<Void> commit = insert("insert into written values (2)");
        awaitWaiting(1);
        assertThat(commit).isNotDone();
        servers.of(N1).enforce(servers.named(N2), EPOCH);
        commit.join();
    }

    @Test
    @Order(2)
    void noSenderAcknowledgesByNamesThatAreNotInForceAnyMore() {
        servers.of(N1).enforce(servers.named(N2), EPOCH);
        CompletableFuture<Lsn> enforced;
        try (ProcessGrip sender = servers.child(N1, "walsender")) {
            assertThat(sender.signal(Signal.STOP)).isTrue();
            enforced =
                    CompletableFuture.supplyAsync(
                            () -> servers.of(N1).enforce(new InForce.Nobody(), EPOCH));
            Await.until("sessions know the new names", () -> names().equals(ServerFiles.NOBODY));

            assertThat(enforced).isNotDone();
            assertThat(sender.signal(Signal.CONTINUE)).isTrue();
            enforced.join();
            // it has left the list of senders; its process may need a moment more
            Await.until("the sender's end", () -> !sender.isAlive());
        }

        CompletableFuture<Void> commit = insert("insert into written values (3)");
        awaitWaiting(1);
        Lsn end = end();
        Await.until(
                "n2 has flushed it, and says so",
                () ->
                        servers.of(N1).followers().stream()
                                .anyMatch(follower -> follower.flushed().isAtLeast(end)));
        assertThat(commit).isNotDone();
        servers.of(N1).enforce(servers.named(N2), EPOCH);
        commit.join();
    }

    /// PostgreSQL says that it committed, and warns: whoever counts such a commit as safe loses it
    /// with the primary.
    @Test
    @Order(3)
    void commitWhoseWaitIsCancelledIsToldToBeHereOnly() {
        servers.of(N1).enforce(new InForce.Nobody(), EPOCH);
        CompletableFuture<List<ServerMessage>> remarks =
                CompletableFuture.supplyAsync(() -> {
                    try (PostgresConnection session = session()) {
                        return session.query("insert into written values (5)").notices();
                    }
                });
        awaitWaiting(1);

        try (PostgresConnection session = session()) {
            session.query(
                    "select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'");
        }

        assertThat(remarks.join())
                .singleElement()
                .satisfies(warning -> {
                    assertThat(warning.severity()).isEqualTo("WARNING");
                    assertThat(warning.message()).startsWith("canceling wait for synchronous");
                    assertThat(warning.detail()).contains("might not have been replicated");
                });
        CompletableFuture<Void> next = insert("insert into written values (6)");
        awaitWaiting(1);
        assertThat(next).as("others wait as before").isNotDone();
        servers.of(N1).enforce(servers.named(N2), EPOCH);
        next.join();
    }

    /// It wins over the file, and says so to nobody.
    @Test
    @Order(3)
    void alterSystemIsSeenAndTakenBack() {
        ManagedPostgres primary = servers.of(N1);
        primary.enforce(servers.named(N2), EPOCH);
        assertThat(primary.isEnforced(servers.named(N2), EPOCH)).isTrue();
        try (PostgresConnection session = session()) {
            session.execute("alter system set synchronous_standby_names = ''");
            session.query("select pg_catalog.pg_reload_conf()");
        }
        Await.until("it is seen", () -> !primary.isEnforced(servers.named(N2), EPOCH));

        primary.enforce(servers.named(N2), EPOCH);
        assertThat(primary.isEnforced(servers.named(N2), EPOCH)).isTrue();
        insert("insert into written values (7)").join();
    }

    /// Names and all would look as ever, and acknowledged rows be lost with the primary.
    @Test
    @Order(3)
    void commitsThatWaitForNobodyByAlterSystemWaitAgainSoonAfter() {
        ManagedPostgres primary = servers.of(N1);
        try (PostgresConnection session = session()) {
            session.execute("alter system set synchronous_commit = local");
            session.execute("alter system set log_lock_waits = on");
            session.query("select pg_catalog.pg_reload_conf()");
        }
        Await.until("it holds", () -> "local".equals(setting("synchronous_commit")));

        Await.until(
                "it is taken back",
                () ->
                        primary.status() instanceof LocalStatus.Primary
                                && "on".equals(setting("synchronous_commit")));
        assertThat(setting("log_lock_waits")).as("what anybody may set stays").isEqualTo("on");
    }

    private String setting(String name) {
        try (PostgresConnection session = session()) {
            return session.query("select pg_catalog.current_setting($1) as value", name)
                    .single()
                    .text("value");
        }
    }

    /// The last one: the server is killed.
    @Test
    @Order(4)
    void backendThatOutlivesItsPostmasterCommitsNothing() {
        servers.of(N1).enforce(new InForce.Alone(), EPOCH);
        CompletableFuture<Throwable> told =
                CompletableFuture.supplyAsync(() ->
                        catchThrowable(() ->
                                insert(
                                                """
                                                do $$
                                                begin
                                                  while pg_catalog.clock_timestamp() < pg_catalog.now() + interval '10 minutes' loop
                                                  end loop;
                                                  insert into written values (4);
                                                end $$
                                                """)
                                        .join()));
        try (ProcessGrip backend = servers.child(N1, "DO");
                ProcessGrip postmaster =
                        ProcessGrip.on(servers.of(N1).pid().orElseThrow()).orElseThrow()) {
            assertThat(postmaster.signal(Signal.KILL)).isTrue();
            Await.until(
                    "the postmaster is gone, and others are not",
                    () ->
                            servers.of(N1).status() instanceof LocalStatus.Stopped stopped
                                    && stopped.leftovers());
            assertThat(servers.of(N1).status().mayAcceptWrites()).isTrue();
            assertThat(backend.isAlive()).isTrue();

            servers.of(N1).kill();

            assertThat(backend.isAlive()).isFalse();
            assertThat(servers.of(N1).status().mayAcceptWrites()).isFalse();
        }
        assertThat(told.join()).hasCauseInstanceOf(WireException.class);
        servers.of(N1).startPrimary();
        try (PostgresConnection session = session()) {
            assertThat(
                            session.query("select count(*) as n from written where id = 4")
                                    .single()
                                    .longValue("n"))
                    .isZero();
        }
    }

    private PostgresConnection session() {
        return PostgresConnection.open(servers.bySocket(N1));
    }

    /// Done when the client is told so.
    private CompletableFuture<Void> insert(String sql) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual()
                .start(() -> {
                    try (PostgresConnection session = session()) {
                        session.executeWithin(LONG, sql);
                        done.complete(null);
                    } catch (WireException e) {
                        done.completeExceptionally(e);
                    }
                });
        return done;
    }

    private String names() {
        try (PostgresConnection session = session()) {
            return session.query("select current_setting('synchronous_standby_names') as names")
                    .single()
                    .text("names");
        }
    }

    private Lsn end() {
        try (PostgresConnection session = session()) {
            return session.query("select pg_current_wal_flush_lsn() as lsn").single().lsn("lsn");
        }
    }

    private void awaitWaiting(int sessions) {
        try (PostgresConnection session = session()) {
            Await.until(
                    sessions + " sessions wait for standbys",
                    () ->
                            session.query(
                                                    "select count(*) as n from pg_stat_activity where wait_event = 'SyncRep'")
                                            .single()
                                            .longValue("n")
                                    == sessions);
        }
    }
}

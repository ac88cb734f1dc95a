package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("io.howdah.postgres.wire.TestFiles#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PostgresConnectionTest {

    private static final Executor WAITING = task -> Thread.ofVirtual().start(task);
    private static final Secret PASSWORD = Secret.of("geheim 'ß\\");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) {
        installation = injected;
        server =
                TestServer.start(
                        installation,
                        "host all scrambled 127.0.0.1/32 scram-sha-256",
                        "host all hashed 127.0.0.1/32 md5",
                        "host all clear 127.0.0.1/32 password");
        try (PostgresConnection connection = server.connect()) {
            String password = new SqlLiteral(new String(PASSWORD.reveal())).quoted();
            connection.execute("create role scrambled login password " + password);
            connection.execute("create role clear login password " + password);
            connection.execute(
                    "set password_encryption = 'md5'; create role hashed login password "
                            + password);
        }
    }

    @AfterParameterizedClassInvocation
    void stop() {
        server.close();
    }

    @Test
    void valuesComeBackAsTheyWent() {
        try (PostgresConnection connection = server.connect()) {
            String odd = "naïve – 🐘 'quoted' \\ \"double\"; drop table x; --\n\t";
            Row row =
                    connection
                            .query(
                                    "select $1::text as t, $2::bigint as n, $3::boolean as b,"
                                            + " $4::pg_lsn as l, $5::text as nothing,"
                                            + " $6::text[] as list, $7::bytea as bytes",
                                    odd,
                                    Long.MIN_VALUE,
                                    true,
                                    Lsn.parse("FFFFFFFF/1"),
                                    null,
                                    Arrays.asList("a", null, "b\"\\ ,{}"),
                                    new byte[] {0, -1})
                            .single();
            assertThat(row.text("t")).isEqualTo(odd);
            assertThat(row.longValue("n")).isEqualTo(Long.MIN_VALUE);
            assertThat(row.booleanValue("b")).isTrue();
            assertThat(row.lsn("l")).isEqualTo(Lsn.parse("FFFFFFFF/1"));
            assertThat(row.isNull("nothing")).isTrue();
            assertThat(row.optionalText("nothing")).isEmpty();
            assertThat(row.optionalLong("nothing")).isEmpty();
            assertThat(row.optionalLsn("nothing")).isEmpty();
            assertThat(row.text("list")).isEqualTo("{a,NULL,\"b\\\"\\\\ ,{}\"}");
            assertThat(row.text("bytes")).isEqualTo("\\x00ff");
        }
    }

    @Test
    void largeValuesAndManyRowsFit() {
        try (PostgresConnection connection = server.connect()) {
            String large = "äx".repeat(6_000_000);
            Row echo = connection.query("select $1::text as t", large).single();
            assertThat(echo.text("t").equals(large)).isTrue();
            Rows rows =
                    connection.query(
                            "select i, repeat('x', i % 100) as t from generate_series(1, 50000) i");
            assertThat(rows.size()).isEqualTo(50_000);
            assertThat(rows.all().getLast().longValue("i")).isEqualTo(50_000);
        }
    }

    @Test
    void literalsAndIdentifiersQuoteThemselves() {
        try (PostgresConnection connection = server.connect()) {
            String odd = "it's \"odd\" \\ $1 ä";
            SqlIdentifier name = new SqlIdentifier("T \"x'; --ä");
            connection.execute("create temp table " + name + " (v text)");
            connection.execute("insert into " + name + " values (" + new SqlLiteral(odd) + ")");
            for (String conforming : List.of("on", "off")) {
                connection.execute("set standard_conforming_strings = " + conforming);
                assertThat(
                                connection
                                        .query(
                                                "select v, v = "
                                                        + new SqlLiteral(odd)
                                                        + " as same from "
                                                        + name)
                                        .single()
                                        .booleanValue("same"))
                        .isTrue();
            }
        }
    }

    @Test
    void serverErrorsCarryTheirCodeAndLeaveTheConnectionUsable() {
        try (PostgresConnection connection = server.connect()) {
            assertThatThrownBy(() -> connection.query("select * from nowhere"))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42P01"));
            assertThatThrownBy(() -> connection.query("select $1::int / 0", 1))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("22012"));
            assertThatThrownBy(() ->
                            connection.query(
                                    "do $$ begin raise exception 'main' using detail ="
                                            + " 'more', hint = 'do it' ; end $$"))
                    .hasMessageContaining("main")
                    .hasMessageContaining("DETAIL: more")
                    .hasMessageContaining("HINT: do it");
            assertThat(connection.isOpen()).isTrue();
            assertThat(connection.query("select 1 as one").single().longValue("one")).isEqualTo(1);
        }
    }

    @Test
    void resultsAreNotWhatTheyAreNot() {
        try (PostgresConnection connection = server.connect()) {
            Rows rows = connection.query("select null as n, 'x' as t union all select '1', 'y'");
            assertThatThrownBy(rows::single).isInstanceOf(UnexpectedResultException.class);
            Row first = rows.all().getFirst();
            assertThatThrownBy(() -> first.text("n"))
                    .isInstanceOf(UnexpectedResultException.class)
                    .hasMessageContaining("'n' is null");
            assertThatThrownBy(() -> first.text("z")).hasMessageContaining("no column 'z'");
            assertThatThrownBy(() -> first.longValue("t")).hasMessageContaining("'x'");
            assertThatThrownBy(() -> first.lsn("t")).isInstanceOf(UnexpectedResultException.class);
        }
    }

    @Test
    void commandsTellWhatTheyTouchedAndNoticesAreKept() {
        try (PostgresConnection connection = server.connect()) {
            connection.execute("create temp table t (v int)");
            assertThat(connection.execute("insert into t select generate_series(1, $1)", 7))
                    .isEqualTo(7);
            assertThat(connection.execute("update t set v = 0 where v > 4")).isEqualTo(3);
            Rows rows = connection.query("do $$ begin raise warning 'look'; end $$");
            assertThat(rows.notices())
                    .singleElement()
                    .satisfies(notice -> {
                        assertThat(notice.severity()).isEqualTo("WARNING");
                        assertThat(notice.message()).isEqualTo("look");
                    });
            assertThat(connection.query("").size()).isZero();
            assertThat(connection.query("select 1 as a; select 2 as a").single().longValue("a"))
                    .isEqualTo(2);
        }
    }

    @Test
    void sessionSettingsAndVersionAreKnown() {
        ConnectionSettings settings =
                server.bySocket()
                        .withApplicationName("a test")
                        .withServerSetting("work_mem", "1234kB");
        try (PostgresConnection connection = PostgresConnection.open(settings)) {
            assertThat(connection.query("show work_mem").single().text("work_mem"))
                    .isEqualTo("1234kB");
            assertThat(connection.query("show application_name").single().text("application_name"))
                    .isEqualTo("a test");
            assertThat(connection.serverVersion().major()).isBetween(15, 18);
            assertThat(connection.serverParameter("server_encoding")).contains("UTF8");
        }
    }

    @Test
    void scramAdmitsTheRightPasswordOnly() {
        ConnectionSettings settings = server.byTcp("scrambled");
        try (PostgresConnection connection =
                PostgresConnection.open(settings.withPassword(PASSWORD))) {
            assertThat(connection.query("select current_user as u").single().text("u"))
                    .isEqualTo("scrambled");
        }
        assertThatThrownBy(() ->
                        PostgresConnection.open(settings.withPassword(Secret.of("wrong one"))))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("28P01"))
                .hasMessageNotContaining("wrong one");
        assertThatThrownBy(() -> PostgresConnection.open(settings))
                .isInstanceOf(ConnectionFailedException.class)
                .hasMessageContaining("asks for the password of 'scrambled'")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void methodsThatGiveThePasswordAwayAreRefused() {
        for (String user : List.of("hashed", "clear")) {
            assertThatThrownBy(() ->
                            PostgresConnection.open(server.byTcp(user).withPassword(PASSWORD)))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("not safe")
                    .hasMessageContaining("HINT: use the method scram-sha-256");
        }
    }

    @Test
    void overdueCallClosesTheConnection() {
        try (PostgresConnection connection = server.connect()) {
            assertThatThrownBy(() ->
                            connection.queryWithin(Duration.ofMillis(100), "select pg_sleep(600)"))
                    .isInstanceOf(DeadlineExceededException.class)
                    .hasMessageContaining("within 100 ms");
            assertThat(connection.isOpen()).isFalse();
            assertThatThrownBy(() -> connection.query("select 1"))
                    .isInstanceOf(ConnectionFailedException.class)
                    .hasMessageContaining("is closed");
        }
    }

    @Test
    void callsOfManyThreadsTakeTurns() {
        try (PostgresConnection connection = server.connect()) {
            List<CompletableFuture<Long>> answers =
                    IntStream.range(0, 50)
                            .mapToObj(i ->
                                    CompletableFuture.supplyAsync(
                                            () ->
                                                    connection
                                                            .query("select $1::bigint as" + " n", i)
                                                            .single()
                                                            .longValue("n"),
                                            WAITING))
                            .toList();
            assertThat(answers.stream().map(CompletableFuture::join))
                    .containsExactlyElementsOf(
                            IntStream.range(0, 50).mapToObj(Long::valueOf).toList());
        }
    }

    @Test
    void nobodyListening() {
        assertThatThrownBy(() ->
                        PostgresConnection.open(
                                ConnectionSettings.of(
                                        new ServerAddress.UnixSocket(Path.of("/nowhere"), 5432),
                                        "postgres")))
                .isInstanceOf(ConnectionFailedException.class)
                .hasMessageContaining("/nowhere/.s.PGSQL.5432")
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() ->
                        PostgresConnection.open(
                                ConnectionSettings.of(
                                        new ServerAddress.UnixSocket(
                                                Path.of("/tmp/" + "long".repeat(40)), 5432),
                                        "postgres")))
                .isInstanceOf(ConnectionFailedException.class);
        assertThatThrownBy(() ->
                        PostgresConnection.open(
                                ConnectionSettings.of(
                                        new ServerAddress.Tcp("127.0.0.1", 1), "postgres")))
                .isInstanceOf(ConnectionFailedException.class)
                .hasMessageContaining("127.0.0.1:1");
    }

    @Test
    void closingEndsAnotherThreadsWait() throws Exception {
        PostgresConnection idle = server.connect();
        CompletableFuture<Optional<ServerMessage>> end =
                CompletableFuture.supplyAsync(idle::awaitClosed, WAITING);
        PostgresConnection busy = server.connect();
        CompletableFuture<Throwable> failure =
                CompletableFuture.supplyAsync(
                                () ->
                                        busy.queryWithin(
                                                Duration.ofMinutes(5), "select pg_sleep(600)"),
                                WAITING)
                        .handle((rows, e) -> e);
        try (PostgresConnection observer = server.connect()) {
            while (observer.query(
                            "select from pg_catalog.pg_stat_activity where query like 'select"
                                    + " pg_sleep(600)%' and wait_event = 'PgSleep'")
                    .isEmpty()) {
                Thread.onSpinWait();
            }
        }
        idle.close();
        busy.close();
        assertThat(end.get(60, TimeUnit.SECONDS)).isEmpty();
        assertThat(failure.get(60, TimeUnit.SECONDS))
                .hasCauseInstanceOf(ConnectionFailedException.class);
    }

    @Test
    void terminatedSessionIsNoticedWithItsLastWords() throws Exception {
        PostgresConnection idle = server.connect();
        long process = idle.query("select pg_backend_pid() as pid").single().longValue("pid");
        CompletableFuture<Optional<ServerMessage>> end =
                CompletableFuture.supplyAsync(idle::awaitClosed, WAITING);
        try (PostgresConnection other = server.connect()) {
            other.query("select pg_terminate_backend($1)", process);
        }
        assertThat(end.get(60, TimeUnit.SECONDS).orElseThrow().sqlState()).isEqualTo("57P01");
        assertThat(idle.isOpen()).isFalse();
    }

    @Test
    void killedPostmasterIsNoticed() throws Exception {
        try (TestServer victim = TestServer.start(installation)) {
            PostgresConnection idle = victim.connect();
            CompletableFuture<Optional<ServerMessage>> end =
                    CompletableFuture.supplyAsync(idle::awaitClosed, WAITING);
            victim.kill();
            end.get(60, TimeUnit.SECONDS);
            assertThat(idle.isOpen()).isFalse();
        }
    }

    @Test
    void passwordsNeverShow() {
        ConnectionSettings settings =
                server.byTcp("scrambled").withPassword(Secret.of("top secret"));
        assertThat(settings.toString()).doesNotContain("top secret").contains("(secret)");
    }
}

package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.topology.FakeTopology;
import io.howdah.testing.Await;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// Clients that replicate have a server connection of their own.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplicationTest {

    private static final int MEGABYTE = 1024 * 1024;
    private static final int MEGABYTES = 150;
    private static final int HOUR_SECONDS = 3_600;

    @TempDir private static Path folder;

    private final TestPostgres postgres = TestPostgres.replicating();
    private final TestProxy proxy = TestProxy.of(PoolMode.SESSION, 1).to(postgres);

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    @AfterEach
    void everyServerConnectionEndsWithItsClient() {
        Await.until("no WAL sender is left", () -> walSenders() == 0);
    }

    private int walSenders() {
        return Integer.parseInt(
                postgres.value(
                        "select count(*) from pg_stat_activity where backend_type = 'walsender'"));
    }

    private static RawClient replicating(int port, String how, String... more) {
        List<String> parameters =
                new ArrayList<>(List.of("user", "app", "database", "app", "replication", how));
        parameters.addAll(List.of(more));
        var client = new RawClient(port);
        client.startup(parameters.toArray(String[]::new)).flush().untilIn();
        return client;
    }

    @Test
    void serverIsAskedWhatOnlyItKnows() {
        try (RawClient client = replicating(proxy.port(), "true")) {
            List<RawClient.Message> answer = client.query("IDENTIFY_SYSTEM").flush().untilReady();
            assertThat(answer.get(1).text())
                    .contains(postgres.value("select system_identifier from pg_control_system()"));
        }
    }

    @Test
    void settingsOfTheClientAreTheServerConnections() {
        try (RawClient client =
                replicating(
                        proxy.port(),
                        "database",
                        "application_name",
                        "subscriber",
                        "options",
                        "-c extra_float_digits=2 -c work_mem=77kB")) {
            assertThat(client.reported("application_name")).isEqualTo("subscriber");
            client.query("select current_setting('work_mem'), current_database()").flush();
            assertThat(client.untilReady().get(1).text()).contains("77kB").contains("app");
        }
    }

    @Test
    void placesOfThePoolAreNotTaken() {
        try (RawClient ordinary = RawClient.in(proxy.port());
                RawClient one = replicating(proxy.port(), "true");
                RawClient other = replicating(proxy.port(), "database")) {
            assertThat(ordinary.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            assertThat(one.query("IDENTIFY_SYSTEM").flush().types(1)).isEqualTo("TDCZ");
            assertThat(other.query("select 1").flush().types(1)).isEqualTo("TDCZ");
            assertThat(walSenders()).isEqualTo(2);
        }
    }

    @Test
    void sharedConnectionsAreRefusedInWords() {
        for (PoolMode mode : List.of(PoolMode.TRANSACTION, PoolMode.STATEMENT)) {
            try (TestProxy pooling = TestProxy.of(mode, 1).to(postgres);
                    RawClient client = new RawClient(pooling.port())) {
                client.startup("user", "app", "database", "app", "replication", "1").flush();
                RawClient.Message refusal = client.untilEnd().getLast();
                assertThat(refusal.field('C')).isEqualTo("0A000");
                assertThat(refusal.field('H')).contains("mode: session");
            }
        }
    }

    @Test
    void serversRefusalIsPassedOn() {
        postgres.execute("create role plain login");
        try (RawClient client = new RawClient(proxy.port())) {
            client.startup("user", "plain", "database", "app", "replication", "1").flush();
            assertThat(client.untilEnd().getLast().field('C')).isEqualTo("42501");
        }
    }

    @Test
    void walFlowsOneWayAndWhatWasWrittenTheOther() {
        postgres.execute("select pg_create_physical_replication_slot('standby', true)");
        try (RawClient client = replicating(proxy.port(), "true")) {
            client.query("START_REPLICATION SLOT standby PHYSICAL " + restart("standby")).flush();
            assertThat(client.next().type()).isEqualTo('W');
            String end = postgres.value("select pg_switch_wal()");
            client.message('d', status(Long.parseLong(end.substring(2), 16))).flush();
            Await.until(
                    "the server has heard of it",
                    () ->
                            "t"
                                    .equals(
                                            postgres.value(
                                                    "select flush_lsn = '"
                                                            + end
                                                            + "' from pg_stat_replication")));
            client.message('c', "").flush();
            assertThat(client.untilReady().stream().map(RawClient.Message::type))
                    .contains('d', 'c', 'C');
            assertThat(client.query("IDENTIFY_SYSTEM").flush().types(1)).isEqualTo("TDCZ");
        }
        postgres.execute("select pg_drop_replication_slot('standby')");
    }

    private String restart(String slot) {
        return postgres.value(
                "select restart_lsn from pg_replication_slots where slot_name = '" + slot + "'");
    }

    /// A standby's status update: all up to here is written, flushed and replayed.
    private static String status(long lsn) {
        byte[] bytes =
                ByteBuffer.allocate(34)
                        .put((byte) 'r')
                        .putLong(lsn)
                        .putLong(lsn)
                        .putLong(lsn)
                        .putLong(0)
                        .put((byte) 0)
                        .array();
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Test
    void rowsAreDecodedForASubscriber() {
        postgres.execute("create table told (it text)", "create publication tell for all tables");
        try (RawClient client = new RawClient(proxy.port())) {
            client.startup("user", "app", "database", "all", "replication", "database").flush();
            assertThat(client.untilEnd().getLast().field('C')).isEqualTo("3D000");
        }
        try (Proxy named =
                        Proxy.start(
                                TestProxy.of(PoolMode.SESSION, 1)
                                        .only(postgres, "news", "postgres"));
                RawClient client = new RawClient(named.address().getPort())) {
            client.startup("user", "app", "database", "news", "replication", "database")
                    .flush()
                    .untilIn();
            client.query("CREATE_REPLICATION_SLOT told TEMPORARY LOGICAL pgoutput")
                    .flush()
                    .untilReady();
            client.query(
                            "START_REPLICATION SLOT told LOGICAL 0/0"
                                    + " (proto_version '1', publication_names 'tell')")
                    .flush();
            assertThat(client.next().type()).isEqualTo('W');
            postgres.execute("insert into told values ('this was inserted')");
            RawClient.Message message = client.next();
            while (!message.text().contains("this was inserted")) {
                assertThat(message.type()).isEqualTo('d');
                message = client.next();
            }
        }
    }

    @Test
    void walWaitsForAClientThatDoesNotReadIt() {
        postgres.execute(
                "select pg_create_physical_replication_slot('slow', true)",
                "select count(pg_logical_emit_message(false, 'x', repeat('x', 1048576)))"
                        + " from generate_series(1, "
                        + MEGABYTES
                        + ")");
        try (RawClient client = replicating(proxy.port(), "true")) {
            client.query("START_REPLICATION SLOT slow PHYSICAL " + restart("slow")).flush();
            var sent = new AtomicReference<>("");
            Await.until(
                    "the server cannot send more",
                    () -> {
                        String before = sent.getAndSet(sent());
                        return !before.isEmpty() && before.equals(sent.get());
                    });
            assertLittleMemoryIsTaken();
            assertThat(client.next().type()).isEqualTo('W');
            for (long read = 0; read < (long) MEGABYTES * MEGABYTE; ) {
                read += client.next().text().length();
                assertLittleMemoryIsTaken();
            }
        }
        Await.until("no WAL sender is left", () -> walSenders() == 0);
        postgres.execute("select pg_drop_replication_slot('slow')");
    }

    /// How far the server has sent WAL.
    private String sent() {
        return postgres.value(
                "select coalesce(max(sent_lsn)::text, '') from pg_stat_replication where sent_lsn >"
                        + " (select min(restart_lsn) from pg_replication_slots)");
    }

    private static void assertLittleMemoryIsTaken() {
        assertThat(PooledByteBufAllocator.DEFAULT.metric().usedDirectMemory())
                .isLessThan(64L * MEGABYTE);
    }

    @Test
    void cancelRequestReachesTheServer() {
        try (RawClient client = replicating(proxy.port(), "database")) {
            client.query("select pg_sleep(" + HOUR_SECONDS + ")").flush();
            Await.until("the server works", postgres::isAsleep);
            try (RawClient canceller = new RawClient(proxy.port())) {
                canceller.cancel(client.key()).flush().rest();
            }
            assertThat(client.untilReady())
                    .anySatisfy(message -> assertThat(message.field('C')).isEqualTo("57014"));
        }
    }

    @Test
    void stopOfTheProxyEndsAStreamAtOnceAndLetsAQueryEnd() throws Exception {
        TestProxy stopped = TestProxy.of(PoolMode.SESSION, 1).to(postgres);
        try (RawClient streaming = replicating(stopped.port(), "true");
                RawClient asking = replicating(stopped.port(), "database")) {
            streaming
                    .query(
                            "START_REPLICATION PHYSICAL "
                                    + postgres.value("select pg_current_wal_lsn()"))
                    .flush();
            assertThat(streaming.next().type()).isEqualTo('W');
            asking.query("select pg_sleep(2)").flush();
            Await.until("the server works", postgres::isAsleep);
            var stop = CompletableFuture.runAsync(stopped::close, Thread::startVirtualThread);
            assertThat(streaming.untilEnd().getLast().field('C')).isEqualTo("57P01");
            List<RawClient.Message> heard = asking.untilEnd();
            assertThat(heard.get(1).type()).isEqualTo('D');
            assertThat(heard.getLast().field('C')).isEqualTo("57P01");
            stop.get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void nobodyStreamsFromAFormerPrimary() {
        var cluster = new FakeTopology();
        cluster.lead(new ServerAddress.Tcp("127.0.0.1", postgres.port()));
        try (TestProxy following = TestProxy.of(PoolMode.SESSION, 1).to(cluster);
                RawClient client = replicating(following.port(), "true")) {
            client.query(
                            "START_REPLICATION PHYSICAL "
                                    + postgres.value("select pg_current_wal_lsn()"))
                    .flush();
            assertThat(client.next().type()).isEqualTo('W');
            cluster.end();
            assertThat(client.untilEnd().getLast().field('C')).isEqualTo("57P01");
            var next = new RawClient(following.port());
            next.startup("user", "app", "database", "app", "replication", "true").flush();
            cluster.lead(new ServerAddress.Tcp("localhost", postgres.port()));
            assertThat(next.untilIn().getLast().type()).isEqualTo('Z');
            next.close();
        }
    }

    /// The first primary takes the connection and says nothing, as one does that hangs.
    @Test
    void clientThatComesInWhilePrimariesChangeHasOneConnectionAndOneWelcome() throws Exception {
        var cluster = new FakeTopology();
        try (var silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            cluster.lead(new ServerAddress.Tcp("127.0.0.1", silent.getLocalPort()));
            try (TestProxy following = TestProxy.of(PoolMode.SESSION, 1).to(cluster);
                    var client = new RawClient(following.port())) {
                client.startup("user", "app", "database", "app", "replication", "true").flush();
                try (Socket _ = silent.accept()) {
                    cluster.end();
                    cluster.lead(new ServerAddress.Tcp("127.0.0.1", postgres.port()));
                    assertThat(client.untilIn().getLast().type()).isEqualTo('Z');
                }
                // longer than a client waits before it tries again
                long until = System.nanoTime() + Duration.ofMillis(1500).toNanos();
                while (System.nanoTime() < until) {
                    assertThat(client.query("IDENTIFY_SYSTEM").flush().types(1)).isEqualTo("TDCZ");
                }
                assertThat(
                                postgres.value(
                                        "select count(*) from pg_stat_activity where backend_type = 'walsender'"))
                        .isEqualTo("1");
            }
        }
    }

    @Test
    void baseBackupAndWalAreFetchedByPostgresqlsOwnPrograms() throws Exception {
        postgres.execute(
                "set password_encryption = 'scram-sha-256'",
                "create role repl replication login password 'sesame'");
        Path file = folder.resolve("userlist.txt");
        Secrets.write(
                file,
                "\"repl\" \""
                        + postgres.value("select rolpassword from pg_authid where rolname = 'repl'")
                        + "\"\n");
        var settings =
                TestProxy.of(PoolMode.SESSION, 1)
                        .with(new Admission(AccessRules.withPassword(), file, null, null));
        try (Proxy strict = Proxy.start(settings.only(postgres, "replication", "postgres"))) {
            String connection =
                    "host=127.0.0.1 user=repl dbname=replication port="
                            + strict.address().getPort();
            Path copy = folder.resolve("copy");
            assertThat(
                            run(
                                    start(
                                            "pg_basebackup",
                                            "--dbname=" + connection,
                                            "--pgdata=" + copy,
                                            "--checkpoint=fast",
                                            "--wal-method=stream")))
                    .isZero();
            assertThat(copy.resolve("backup_label")).exists();
            assertThat(copy.resolve("global/pg_control")).exists();
            Path archive = Files.createDirectory(folder.resolve("archive"));
            Process receiver =
                    start(
                            "pg_receivewal",
                            "--dbname=" + connection,
                            "--directory=" + archive,
                            "--no-loop");
            Await.until("WAL is streamed", () -> walSenders() == 1);
            Await.until(
                    "a whole segment has come",
                    () -> {
                        postgres.execute(
                                "select pg_logical_emit_message(false, 'x', 'x')",
                                "select pg_switch_wal()");
                        return hasSegment(archive);
                    });
            receiver.destroy();
            run(receiver);
        }
    }

    @Test
    void standbyStreamsThroughTheProxyAndVerifiersAreLookedUpThere() throws Exception {
        Assumptions.assumeTrue(postgres.installation().tool("pg_basebackup").isPresent());
        LoginTest.prepare(postgres);
        try (Proxy upstream =
                        Proxy.start(
                                TestProxy.of(PoolMode.SESSION, 1)
                                        .only(postgres, "replication", "postgres"));
                TestPostgres standby =
                        TestPostgres.standby(
                                postgres,
                                "host=127.0.0.1 user=app port=" + upstream.address().getPort());
                TestProxy reading =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(LoginTest.lookup(Duration.ofMinutes(1)))
                                .to(standby)) {
            Await.until("the standby streams", () -> walSenders() == 1);
            try (Connection client = LoginTest.connect(reading.port(), "ann", "sesame")) {
                assertThat(LoginTest.value(client, "select pg_is_in_recovery()")).isEqualTo("t");
            }
            postgres.execute("alter role ann password 'changed'");
            String end = postgres.value("select pg_current_wal_insert_lsn()");
            Await.until(
                    "it has come there",
                    () ->
                            "t"
                                    .equals(
                                            standby.value(
                                                    "select pg_last_wal_replay_lsn() >= '"
                                                            + end
                                                            + "'")));
            LoginTest.assertRefused(reading.port(), "ann", "changed");
            LoginTest.connect(reading.port(), "ann", "changed").close();
        }
    }

    private static boolean hasSegment(Path archive) {
        try (Stream<Path> files = Files.list(archive)) {
            return files.anyMatch(file -> file.getFileName().toString().matches("[0-9A-F]{24}"));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private Process start(String tool, String... arguments) throws IOException {
        Path program = postgres.installation().tool(tool).orElse(null);
        Assumptions.assumeTrue(program != null);
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        builder.environment().put("PGPASSWORD", "sesame");
        return builder.start();
    }

    private static int run(Process process) throws InterruptedException {
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }
}

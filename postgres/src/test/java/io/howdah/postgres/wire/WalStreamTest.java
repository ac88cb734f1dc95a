package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.Await;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
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
class WalStreamTest {

    private static final int SEGMENT_BYTES = 16 * 1024 * 1024;
    private static final SqlIdentifier SLOT = new SqlIdentifier("archive");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) {
        installation = injected;
        server = TestServer.start(installation);
    }

    @AfterParameterizedClassInvocation
    void stop() {
        server.close();
    }

    @Test
    void streamIsTheServersOwnWalAndTheSlotKeepsWhatIsNotConfirmed() throws Exception {
        try (ReplicationConnection replication = server.connectForReplication();
                PostgresConnection sql = server.connect()) {
            replication.createPhysicalSlot(SLOT, true);
            Lsn start = segmentStart(replication.readSlot(SLOT).orElseThrow().restartLsn().get());
            Collected collected = new Collected();
            WalStream stream = replication.walStream(request(SLOT, TimelineId.FIRST, start));
            stream.report(start);
            CompletableFuture<Optional<TimelineSwitch>> run = run(stream, collected);
            Lsn written = write(sql, "first");
            await("the WAL has come", run, () -> collected.end().isAtLeast(written));
            stream.report(written);
            await("the slot has moved", run, () -> slotOf(sql).isAtLeast(written));

            stream.end();
            assertThat(run.get(60, TimeUnit.SECONDS)).isEmpty();
            assertThat(collected.bytes()).isEqualTo(onDisk(start, stream.received()));
            // The connection is as good as new, and the slot is free again.
            assertThat(replication.identifySystem().position()).isGreaterThanOrEqualTo(written);
            Optional<TimelineSwitch> again = endAtOnce(replication, written);
            assertThat(again).isEmpty();
            replication.dropSlot(SLOT, true);
        }
    }

    @Test
    void whatTheServerCannotSendIsItsErrorAndTheConnectionStays() {
        try (ReplicationConnection replication = server.connectForReplication()) {
            WalStream absent =
                    replication.walStream(
                            request(new SqlIdentifier("absent"), TimelineId.FIRST, Lsn.ZERO));
            assertThatThrownBy(() -> absent.run(new Collected()))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo("42704"));
            WalStream removed = replication.walStream(request(null, TimelineId.FIRST, new Lsn(0)));
            assertThatThrownBy(() -> removed.run(new Collected()))
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isIn("58P01", "XX000"));
            assertThat(replication.identifySystem().timeline()).isEqualTo(TimelineId.FIRST);
        }
    }

    @Test
    void endOfATimelineLeadsToTheNextOneWhateverItsNumber() throws Exception {
        Path home = TestFiles.newDirectory();
        Path target = home.resolve("copy");
        try (ReplicationConnection replication = server.connectForReplication()) {
            replication.baseBackup(
                    BaseBackupRequest.labelled("standby"), target, BaseBackupListener.NONE);
        }
        Files.createFile(target.resolve("standby.signal"));
        String primary =
                "host="
                        + server.home()
                        + " port="
                        + ((ServerAddress.UnixSocket) server.bySocket().address()).port()
                        + " user=postgres";
        try (TestServer standby =
                        TestServer.startOn(
                                installation, target, "primary_conninfo = '" + primary + "'");
                ReplicationConnection replication = standby.connectForReplication()) {
            Lsn start = segmentStart(replication.identifySystem().position());
            Collected old = new Collected();
            WalStream stream = replication.walStream(request(null, TimelineId.FIRST, start));
            CompletableFuture<Optional<TimelineSwitch>> run = run(stream, old);
            try (PostgresConnection onPrimary = server.connect()) {
                Lsn written = write(onPrimary, "before");
                await("the standby passes it on", run, () -> old.end().isAtLeast(written));
            }
            // Timeline 2 was taken by somebody: the promotion goes to 3.
            Path taken = target.resolve("pg_wal/00000002.history");
            Files.writeString(taken, "# taken\n");
            TestFiles.USER.own(taken);
            try (PostgresConnection onStandby = standby.connect()) {
                onStandby.query("select pg_catalog.pg_promote()");
                write(onStandby, "after");
            }
            TimelineSwitch next = run.get(60, TimeUnit.SECONDS).orElseThrow();
            assertThat(next.next()).isEqualTo(new TimelineId(3));
            assertThat(next.at()).isEqualTo(stream.received());
            assertThat(replication.timelineHistory(next.next()).history().endOf(TimelineId.FIRST))
                    .contains(next.at());
            // Exactly at the switch nothing is left to send: the answer comes without a COPY.
            assertThat(
                            replication
                                    .walStream(request(null, TimelineId.FIRST, next.at()))
                                    .run(new Collected()))
                    .contains(next);
            Collected following = new Collected();
            WalStream behind =
                    replication.walStream(request(null, next.next(), segmentStart(next.at())));
            CompletableFuture<Optional<TimelineSwitch>> rest = run(behind, following);
            Lsn end;
            try (PostgresConnection onStandby = standby.connect()) {
                end = write(onStandby, "more");
            }
            await("the new timeline comes", rest, () -> following.end().isAtLeast(end));
            behind.end();
            assertThat(rest.get(60, TimeUnit.SECONDS)).isEmpty();
        }
        TestFiles.delete(home);
    }

    @Test
    void silentServerIsAskedAndThenGivenUp() throws Exception {
        try (ScriptedServer silent =
                        new ScriptedServer(script -> {
                            script.admit();
                            script.read();
                            script.send('W', body -> body.write(new byte[] {0, 0, 0}));
                            script.readToEnd();
                        });
                ReplicationConnection replication = ReplicationConnection.open(silent.settings())) {
            WalStream stream =
                    replication.walStream(
                            new WalStreamRequest(
                                    null, TimelineId.FIRST, Lsn.ZERO, Duration.ofMillis(300)));
            assertThatThrownBy(() -> stream.run(new Collected()))
                    .isInstanceOf(DeadlineExceededException.class);
            stream.report(new Lsn(5));
        }
    }

    @Test
    void gapInWhatIsSentIsNotTaken() {
        try (ScriptedServer server =
                        new ScriptedServer(script -> {
                            script.admit();
                            script.read();
                            script.send('W', body -> body.write(new byte[] {0, 0, 0}));
                            script.send(
                                    'd',
                                    body -> {
                                        body.writeByte('w');
                                        body.writeLong(8192);
                                        body.writeLong(8200);
                                        body.writeLong(0);
                                        body.write(new byte[8]);
                                    });
                            script.readToEnd();
                        });
                ReplicationConnection replication = ReplicationConnection.open(server.settings())) {
            assertThatThrownBy(() ->
                            replication
                                    .walStream(request(null, TimelineId.FIRST, Lsn.ZERO))
                                    .run(new Collected()))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("WAL at 0/2000, but 0/0 is next");
            assertThat(replication.isOpen()).isFalse();
        }
    }

    private static WalStreamRequest request(
            @Nullable SqlIdentifier slot, TimelineId timeline, Lsn start) {
        return new WalStreamRequest(slot, timeline, start, Duration.ofSeconds(60));
    }

    private static Optional<TimelineSwitch> endAtOnce(ReplicationConnection replication, Lsn at) {
        WalStream stream = replication.walStream(request(SLOT, TimelineId.FIRST, segmentStart(at)));
        stream.end();
        return stream.run(new Collected());
    }

    private static CompletableFuture<Optional<TimelineSwitch>> run(
            WalStream stream, Collected collected) {
        return CompletableFuture.supplyAsync(
                () -> stream.run(collected), task -> Thread.ofVirtual().start(task));
    }

    private static void await(String what, CompletableFuture<?> run, BooleanSupplier condition) {
        Await.until(
                what,
                () -> {
                    if (run.isCompletedExceptionally()) {
                        throw new AssertionError(what, run.exceptionNow());
                    }
                    return condition.getAsBoolean();
                });
    }

    private static Lsn write(PostgresConnection sql, String what) {
        sql.execute("create table " + what + " as select repeat('x', 20000)");
        return sql.query("select pg_catalog.pg_current_wal_flush_lsn() as lsn").single().lsn("lsn");
    }

    private static Lsn slotOf(PostgresConnection sql) {
        return sql.query(
                        "select restart_lsn from pg_catalog.pg_replication_slots where slot_name ="
                                + " 'archive'")
                .single()
                .lsn("restart_lsn");
    }

    private static Lsn segmentStart(Lsn lsn) {
        return new Lsn(lsn.value() / SEGMENT_BYTES * SEGMENT_BYTES);
    }

    private byte[] onDisk(Lsn start, Lsn end) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (Lsn at = start; end.compareTo(at) > 0; at = new Lsn(at.value() + SEGMENT_BYTES)) {
            long number = at.value() / SEGMENT_BYTES;
            String name = "%08X%08X%08X".formatted(1, number / 256, number % 256);
            all.write(Files.readAllBytes(server.home().resolve("data/pg_wal").resolve(name)));
        }
        return Arrays.copyOf(all.toByteArray(), (int) end.bytesSince(start));
    }

    /// What came, in memory.
    private static final class Collected implements WalSink {
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private Lsn next = Lsn.ZERO;

        @Override
        public synchronized void wal(Lsn start, ByteBuffer bytes) {
            next = new Lsn(start.value() + bytes.remaining());
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(copy);
            try {
                content.write(copy);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public synchronized void serverIsAt(Lsn end, Instant clock) {
            assertThat(end).isGreaterThanOrEqualTo(next);
            assertThat(Duration.between(clock, Instant.now()).abs())
                    .isLessThan(Duration.ofMinutes(1));
        }

        synchronized Lsn end() {
            return next;
        }

        synchronized byte[] bytes() {
            return content.toByteArray();
        }
    }
}

package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.drill.Assertion;
import io.howdah.backup.drill.DrillGoals;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillRequest;
import io.howdah.backup.drill.DrillRun;
import io.howdah.backup.drill.DrillStep;
import io.howdah.backup.marker.Marker;
import io.howdah.backup.marker.MarkerTable;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DrillTest {

    private static final Instant KEPT = Instant.parse("2026-11-29T01:00:00Z");

    /// Too long for the path of a socket.
    private static final String SCRATCH = "scratch-" + "x".repeat(90);

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void drillPassesAWholeBackupAndFindsABadIndexABadPageAndWhatIsNotTrue() throws Exception {
        try (var server = room.server("primary", "auto")) {
            Path tablespace = room.directory("tablespace");
            server.execute(
                    "create tablespace elsewhere location '" + tablespace + "'",
                    "create function f(int) returns int immutable language plpgsql as 'begin return $1; end'",
                    "create table t as select n from generate_series(1, 1000) n",
                    "create index t_f on t (f(n))",
                    "create table u tablespace elsewhere as select n from generate_series(1, 1000) n");
            server.execute("create database broken");
            // as a DROP DATABASE leaves it that was interrupted
            server.execute("update pg_database set datconnlimit = -2 where datname = 'broken'");
            markers(server);
            room.take(server);
            DrillReport good = drill(DrillGoals.NONE, "select count(*) = 1000 from u");
            assertThat(good.failed()).isEmpty();
            assertThat(good.passed()).isTrue();
            assertThat(good.rtoMillis()).isPositive();
            assertThat(good.rpoMillis()).isEqualTo(2_000);
            assertThat(outcome(good, "checksum of every page")).isEqualTo(DrillStep.Outcome.PASSED);
            assertThat(outcome(good, "every index and table of postgres"))
                    .isEqualTo(DrillStep.Outcome.PASSED);
            assertThat(outcome(good, "every index and table of broken"))
                    .isEqualTo(DrillStep.Outcome.SKIPPED);
            assertThat(room.path(SCRATCH)).doesNotExist();
            assertThat(new DrillReports(room.repository()).newest()).contains(good);
            everyStepHasItsCommand(good);

            // an index that does not hold what its table does, and a page that was not written so
            server.execute(
                    "create or replace function f(int) returns int immutable language plpgsql as 'begin return -$1; end'",
                    "checkpoint");
            String path = server.value("select pg_relation_filepath('u')");
            flip(server.data().path().resolve(path), 8192 + 8000);
            room.take(server);
            DrillReport bad =
                    drill(
                            new DrillGoals(Duration.ofMillis(1), Duration.ofSeconds(1)),
                            "select count(*) < 3 from t");
            assertThat(bad.passed()).isFalse();
            assertThat(findings(bad, "every index and table of postgres"))
                    .anySatisfy(each -> assertThat(each).contains("public.t_f").contains("lacks"));
            assertThat(findings(bad, "checksum of every page")).contains(path + " block 1");
            assertThat(findings(bad, "in postgres: select count(*) < 3 from t"))
                    .containsExactly("it answers 'f'");
            assertThat(outcome(bad, "RTO of 1 ms at most")).isEqualTo(DrillStep.Outcome.FAILED);
            assertThat(outcome(bad, "RPO of 1000 ms at most")).isEqualTo(DrillStep.Outcome.FAILED);
            assertThat(new DrillReports(room.repository()).newest()).contains(bad);
        }
    }

    /// The cluster has acknowledged one that is 2 s newer.
    private static void markers(TestPostgres server) {
        server.execute("create role howdah_backup");
        try (PostgresConnection owner = server.connect()) {
            MarkerTable.make(owner, new SqlIdentifier("howdah_backup"));
        }
        server.execute("update howdah.marker set number = 7, at = '" + KEPT.minusSeconds(2) + "'");
    }

    private void everyStepHasItsCommand(DrillReport report) throws IOException {
        String text =
                Files.readString(room.store().root().resolve(DrillReports.place(report) + ".md"));
        assertThat(report.steps())
                .isNotEmpty()
                .allSatisfy(step -> assertThat(text).contains(step.byHand()));
        assertThat(text).contains("--tablespace-map " + room.path("tablespace") + "=");
    }

    private static void flip(Path path, long offset) throws IOException {
        try (var file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(offset);
            int old = file.read();
            file.seek(offset);
            file.write(~old);
        }
    }

    /// What a copy of a subscriber would take, the subscriber would never get.
    @Test
    void copyOfASubscriberLeavesThePublishersSlotAlone() {
        try (var publisher = room.server("publisher", "auto", Map.of("wal_level", "logical"))) {
            publisher.execute("create table t (n int)", "create publication p for table t");
            publisher.execute("select pg_create_logical_replication_slot('s', 'pgoutput')");
            try (var subscriber = room.server("subscriber", "auto")) {
                subscriber.execute(
                        "create table t (n int)",
                        "create subscription s connection 'host="
                                + publisher.home()
                                + " port=5432 user=postgres dbname=postgres' publication p with"
                                + " (create_slot = false, copy_data = false)");
                room.take(subscriber);
            }
            publisher.execute("insert into t values (1)");
            String before = slot(publisher);
            DrillReport report = drill(DrillGoals.NONE, "select count(*) = 0 from t");
            assertThat(findings(report, "newest commit that is kept"))
                    .containsExactly("there is no marker in the copy");
            assertThat(report.failed()).hasSize(1);
            assertThat(slot(publisher)).isEqualTo(before);
        }
    }

    private static String slot(TestPostgres publisher) {
        return publisher.value(
                "select active || ' ' || restart_lsn || ' ' || confirmed_flush_lsn || ' '"
                        + " || (select stats.total_txns from pg_stat_replication_slots stats where stats.slot_name = 's')"
                        + " from pg_replication_slots where slot_name = 's'");
    }

    private DrillReport drill(DrillGoals goals, String... assertions) {
        DrillReport report =
                new DrillRun(
                                room.repository(),
                                TestPostgres.USER,
                                new DrillRequest(
                                        new ScratchPlace(room.path(SCRATCH)),
                                        goals,
                                        Arrays.stream(assertions)
                                                .map(each -> new Assertion("postgres", each))
                                                .toList(),
                                        false,
                                        2),
                                () -> Optional.of(new Marker(15, KEPT)),
                                _ -> {})
                        .run(TestPostgres.INSTALLATIONS);
        new DrillReports(room.repository()).publish(report);
        return report;
    }

    private static List<String> findings(DrillReport report, String what) {
        return step(report, what).findings();
    }

    private static DrillStep.Outcome outcome(DrillReport report, String what) {
        return step(report, what).outcome();
    }

    private static DrillStep step(DrillReport report, String what) {
        return report.steps().stream()
                .filter(step -> step.what().equals(what))
                .findFirst()
                .orElseThrow();
    }
}

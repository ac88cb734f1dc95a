package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeStep;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.testing.Await;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StandbyBackupTest {

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void standbyIsBackedUpUnderLoadAndItsPromotionFailsTheBackupCleanly() {
        try (var primary = room.server("primary", "auto")) {
            primary.execute("create table t (n int primary key, text text)");
            room.take(primary);
            try (var standby = standby(primary)) {
                BackupRecord backup;
                try (var _ = new Load(primary)) {
                    Await.until(
                            "rows come",
                            () -> Long.parseLong(standby.value("select count(*) from t")) > 100);
                    backup = room.take(standby);
                }
                assertThat(backup.standby()).isTrue();
                assertThat(room.verify().isWhole()).isTrue();
                assertThatThrownBy(() -> room.take(standby, promotionOf(standby)))
                        .hasMessageContaining("promoted");
                assertThat(new BackupCatalog(room.repository()).newest()).contains(backup);
            }
        }
        for (int time = 0; time < 2; time++) {
            assertThat(room.drill().failed()).as("amcheck, and every page").isEmpty();
        }
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select max(n) - count(*) from t")).isEqualTo("0");
            assertThat(Long.parseLong(copy.value("select count(*) from t"))).isGreaterThan(100);
        }
    }

    /// PostgreSQL refuses to end it only where that standby itself was promoted.
    @Test
    void backupOfAStandbyThatFollowsANewPrimaryMeanwhileDoesNotExist() {
        try (var primary = room.server("primary", "auto")) {
            primary.execute("create table t (n int)");
            BackupRecord before = room.take(primary);
            try (var standby = standby(primary)) {
                assertThatThrownBy(() -> room.take(standby, failover(primary, standby)))
                        .isInstanceOf(BackupException.class)
                        .hasMessageContaining("from timeline 1 to 2")
                        .hasMessageContaining("HINT: run it again");
                assertThat(new BackupCatalog(room.repository()).all()).containsExactly(before);
                LastAttempt failed = LastAttempt.NOTE.read(room.store()).orElseThrow();
                assertThat(failed.succeeded()).isFalse();
                assertThat(failed.failure()).contains("from timeline 1 to 2");
                BackupRecord after = room.take(standby);
                assertThat(LastAttempt.NOTE.read(room.store()))
                        .contains(LastAttempt.success(after.backupId()));
                assertThat(after.timeline().value()).isEqualTo(2);
                assertThat(room.verify().isWhole()).isTrue();
            }
        }
    }

    /// The primary is stopped in order, and comes back promoted: the same address, a new timeline.
    private static TakeListener failover(TestPostgres primary, TestPostgres standby) {
        return new TakeListener() {
            @Override
            public void step(TakeStep step) {
                if (step != TakeStep.STARTED) {
                    return;
                }
                primary.stopInOrder();
                primary.data().createStandbySignal();
                var next =
                        TestPostgres.startOn(
                                primary.home(),
                                primary.data(),
                                TestPostgres.INSTALLATIONS.choose("auto"),
                                Map.of());
                next.value("select pg_promote()");
                next.execute("insert into t values (1)", "checkpoint");
                Await.until(
                        "the standby has gone on to timeline 2",
                        () -> {
                            standby.execute("checkpoint");
                            return standby.value(
                                            "select min_recovery_end_timeline from"
                                                    + " pg_control_recovery()")
                                    .equals("2");
                        });
            }
        };
    }

    private static TakeListener promotionOf(TestPostgres standby) {
        return new TakeListener() {
            @Override
            public void step(TakeStep step) {
                if (step == TakeStep.STARTED) {
                    standby.value("select pg_promote()");
                }
            }
        };
    }

    /// A new one, made from the repository.
    private TestPostgres standby(TestPostgres primary) {
        room.restore(
                new RestoreRequest(
                        room.path("standby"),
                        new RestoreTarget.Latest(),
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(),
                        RestoreRequest.Ending.PREPARED,
                        false,
                        2));
        var data = new DataDirectory(room.path("standby"), TestPostgres.USER);
        new DurableFiles(TestPostgres.USER).delete(data.path().resolve("recovery.signal"));
        data.createStandbySignal();
        return TestPostgres.startOn(
                room.directory("standby-home"),
                data,
                TestPostgres.INSTALLATIONS.choose("auto"),
                Map.of(
                        "primary_conninfo",
                        "host=" + primary.home() + " port=5432 user=postgres",
                        "recovery_target_timeline",
                        "latest"));
    }
}

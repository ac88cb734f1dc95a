package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeStep;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// The server that is backed up is the primary, and its session is lost.
class FailoverDuringBackupTest {

    enum End {
        /// As when its postmaster is killed.
        CRASH,
        /// In order, and it comes back as a standby, which is promoted.
        DEMOTION
    }

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void backupOfAPrimaryThatEndsMeanwhileDoesNotExistAndTheNextOneIsWhole(End end) {
        BackupRecord before;
        try (var primary = room.server("primary", "auto")) {
            primary.execute("create table t (n int primary key)", "insert into t values (1)");
            before = room.take(primary);
            assertThatThrownBy(() -> room.take(primary, endOf(primary, end)))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("the server was lost while it was backed up")
                    .hasMessageContaining("HINT: run it again");
            assertThat(new BackupCatalog(room.repository()).all()).containsExactly(before);
            LastAttempt failed = LastAttempt.NOTE.read(room.store()).orElseThrow();
            assertThat(failed.succeeded()).isFalse();
            if (end == End.DEMOTION) {
                primary.data().createStandbySignal();
            }
            try (var again =
                    TestPostgres.startOn(
                            primary.home(),
                            primary.data(),
                            TestPostgres.INSTALLATIONS.choose("auto"),
                            Map.of())) {
                if (end == End.DEMOTION) {
                    again.value("select pg_promote()");
                }
                again.execute("insert into t values (2)");
                BackupRecord after = room.take(again);
                assertThat(new BackupCatalog(room.repository()).all())
                        .containsExactly(before, after);
            }
        }
        assertThat(room.verify().isWhole()).isTrue();
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select sum(n) from t")).isEqualTo("3");
        }
    }

    private static TakeListener endOf(TestPostgres primary, End end) {
        return new TakeListener() {
            @Override
            public void step(TakeStep step) {
                if (step != TakeStep.STARTED) {
                    return;
                }
                if (end == End.DEMOTION) {
                    primary.stopInOrder();
                } else {
                    primary.close();
                }
            }
        };
    }
}

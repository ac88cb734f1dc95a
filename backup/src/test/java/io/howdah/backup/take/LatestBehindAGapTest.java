package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.drill.DrillGoals;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillRequest;
import io.howdah.backup.drill.DrillRun;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.RestoreWindow;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// What is said of a gap in the WAL, and of what it leaves within reach.
class LatestBehindAGapTest {

    private final MemoryStore store = new MemoryStore();

    @Test
    void theNewestWalIsRefusedWhereAGapLiesBeforeIt() {
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var server = new ModelBackup(1);
        BackupRecord backup = server.take(store, store.now(), 0);
        for (int i = 0; i < 4; i++) {
            server.archive(store);
        }
        RestoreRequest latest = request(new RestoreTarget.Latest());
        assertThat(Restoring.choose(repository, latest)).isEqualTo(backup);

        WalSegment lost = lose(backup, 2);
        assertThatThrownBy(() -> Restoring.choose(repository, latest))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("there is none from " + lost.range())
                .hasMessageContaining("HINT: restore to a moment before " + lost.start());
        RestoreRequest before = request(new RestoreTarget.Position(backup.stopLsn()));
        assertThat(Restoring.choose(repository, before)).isEqualTo(backup);
    }

    @Test
    void drillThatFindsAGapBeforeTheNewestWalSaysSoInItsReport() {
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var server = new ModelBackup(1);
        BackupRecord backup = server.take(store, store.now(), 0);
        for (int i = 0; i < 4; i++) {
            server.archive(store);
        }
        WalSegment lost = lose(backup, 2);
        OperatingSystemUser user = OperatingSystemUser.ourselves();
        DrillReport report =
                new DrillRun(
                                repository,
                                user,
                                new DrillRequest(
                                        new ScratchPlace(Path.of("/nowhere")),
                                        DrillGoals.NONE,
                                        List.of(),
                                        false,
                                        1),
                                Optional::empty,
                                _ -> {})
                        .run(new Installations(user));
        assertThat(report.passed()).isFalse();
        assertThat(report.backup()).isNull();
        assertThat(report.failed())
                .singleElement()
                .satisfies(step ->
                        assertThat(step.findings().getFirst())
                                .contains("there is none from " + lost.range()));
        var reports = new DrillReports(repository);
        reports.publish(report);
        assertThat(reports.newest()).contains(report);
    }

    @Test
    void theWindowGoesFromTheFirstBackupThatReachesTheNewestWal() {
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        assertThat(RestoreWindow.of(repository, List.of())).isEmpty();
        var server = new ModelBackup(1);
        BackupRecord first = server.take(store, store.now(), 0);
        for (int i = 0; i < 4; i++) {
            server.archive(store);
        }
        BackupRecord second = server.take(store, store.now(), 0);
        server.archive(store);
        RestoreWindow all = window(repository, first, second);
        assertThat(all.from()).isEqualTo(first);
        assertThat(all.gap()).isEmpty();
        assertThat(all.reach()).isGreaterThan(second.stopLsn());

        WalSegment lost = lose(first, 2);
        RestoreWindow behind = window(repository, first, second);
        assertThat(behind.from()).as("the gap lies before it").isEqualTo(second);
        assertThat(behind.reach()).isEqualTo(all.reach());
        RestoreWindow before = window(repository, first);
        assertThat(before.reach()).isEqualTo(lost.start());
        assertThat(before.gap().orElseThrow().range()).isEqualTo(lost.range());
    }

    private static RestoreWindow window(Repository repository, BackupRecord... backups) {
        return RestoreWindow.of(repository, List.of(backups)).orElseThrow();
    }

    private WalSegment lose(BackupRecord backup, int later) {
        WalSegment last = WalSegment.at(TimelineId.FIRST, backup.stopLsn(), ModelBackup.SEGMENT);
        var lost = new WalSegment(TimelineId.FIRST, last.number() + later, ModelBackup.SEGMENT);
        store.delete(new WalNames(ModelBackup.SYSTEM).segment(lost));
        return lost;
    }

    private static RestoreRequest request(RestoreTarget target) {
        return new RestoreRequest(
                Path.of("/nowhere"),
                target,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                RestoreRequest.Ending.STOPPED,
                false,
                1);
    }
}

package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.wal.WalIndex;
import io.howdah.cli.backup.LocalServer;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.backup.ArchiveReport;
import io.howdah.node.backup.BackupWorker;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.testing.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// The workers beside the nodes: whoever leads, and however often that changes, all WAL comes into
/// the repository.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchiveTest {

    private @Nullable DemoCluster started;
    private @Nullable Writer writing;

    @BeforeAll
    void startCluster() {
        DemoCluster fresh = new DemoCluster("auto");
        started = fresh;
        fresh.configure(yaml ->
                yaml
                        + "\nbackup:\n  repositories: ['"
                        + repository()
                        + "']\n  wal: {flush: 200ms}\n  drill: {every: 30s, directory: '"
                        + fresh.path().resolve("drills")
                        + "', rpo: 1h, assertions: {app: ['select true']}}\n");
        fresh.startAll();
        writing = new Writer(fresh.settings());
        fresh.awaitWhole();
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (writing != null) {
            writing.stop();
        }
        if (started != null) {
            started.stop();
        }
    }

    @Test
    void lostPrimaryLeavesNoGapAndALostWorkerNeither() throws Exception {
        Writer writer = Objects.requireNonNull(writing);
        ClusterStatus first = cluster().awaitWhole();
        writer.awaitProgress();
        awaitArchived(DemoCluster.leader(first));
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            awaitSlot(node);
        }
        int lost = DemoCluster.leader(first);
        cluster().killHost(lost);
        ClusterStatus second = cluster().awaitSuccessor(first);
        writer.awaitProgress();
        awaitArchived(DemoCluster.leader(second));
        // A worker that is killed is started again, and goes on where it was.
        cluster().killWorker(DemoCluster.leader(second));
        writer.awaitProgress();
        awaitArchived(DemoCluster.leader(second));
        cluster().start(lost);
        cluster().awaitWhole();
        assertThat(index(lost).gaps()).isEmpty();
    }

    /// By the worker of one of the nodes; all of them know.
    @Test
    void drillOnAScheduleProvesABackupAndStandsInTheStatus() throws Exception {
        Writer writer = Objects.requireNonNull(writing);
        cluster().awaitWhole();
        writer.awaitProgress();
        LocalServer standby =
                LocalServer.choose(
                        IntStream.rangeClosed(1, DemoCluster.NODES)
                                .mapToObj(node ->
                                        new LocalServer.Place(
                                                "n" + node, cluster().dataDirectory(node)))
                                .toList());
        Await.until("an archive begins", () -> Files.isDirectory(repository().resolve("wal")));
        BackupRecord backup =
                new BackupTaking(
                                new FolderStore(repository()),
                                standby.source(),
                                new TakeOptions(1, 0, 1),
                                new TakeListener() {})
                        .run();
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            cluster()
                    .await(
                            cluster().client(node),
                            "a drill has passed, and was measured",
                            status -> {
                                DrillStatus drill = status.drill();
                                return drill != null
                                        && drill.passed()
                                        && drill.rtoMillis() != null
                                        && drill.rpoMillis() != null;
                            });
        }
        DrillReport report =
                new DrillReports(Repository.open(new FolderStore(repository())))
                        .newest()
                        .orElseThrow();
        assertThat(report.backup()).isEqualTo(backup.id());
        Await.until(
                "the copy is deleted",
                () -> !Files.exists(cluster().path().resolve("drills/howdah-drill")));
    }

    /// Everything that the node has written up to now, from the beginning of the archive on.
    private void awaitArchived(int leader) {
        Lsn written;
        TimelineId timeline;
        try (PostgresConnection session = cluster().superuser(leader)) {
            Row row =
                    session.query(
                                    "select pg_current_wal_flush_lsn() as written, ('x' || substr("
                                            + "pg_walfile_name(pg_current_wal_flush_lsn()), 1,"
                                            + " 8))::bit(32)::bigint as timeline")
                            .single();
            written = row.lsn("written");
            timeline = new TimelineId(row.longValue("timeline"));
        }
        Await.until(
                "the archive holds all WAL up to " + written + " of timeline " + timeline,
                () -> reach(index(leader), timeline).isAtLeast(written));
        Await.until(
                "n" + leader + " tells how far its archive is",
                () ->
                        ArchiveReport.read(cluster().settings().nodeDirectory(leader))
                                .filter(report -> report.archived().isAtLeast(written))
                                .filter(report -> report.lossMillis() != null)
                                .isPresent());
    }

    private static Lsn reach(WalIndex index, TimelineId timeline) {
        Optional<TimelineHistory> line = index.history(timeline);
        return line.isEmpty() || index.of(TimelineId.FIRST).coverage().isEmpty()
                ? Lsn.ZERO
                : index.reach(
                        line.get(),
                        TimelineId.FIRST,
                        index.of(TimelineId.FIRST).coverage().getFirst().start());
    }

    private void awaitSlot(int node) {
        Await.until(
                "n" + node + " keeps WAL for the archive",
                () -> {
                    try (PostgresConnection session = cluster().superuser(node)) {
                        return session.query(
                                                "select from pg_replication_slots where slot_name = $1 and"
                                                        + " restart_lsn is not null",
                                                BackupWorker.SLOT)
                                        .size()
                                == 1;
                    }
                });
    }

    private WalIndex index(int node) {
        var data =
                new DataDirectory(cluster().dataDirectory(node), OperatingSystemUser.forPostgres());
        SystemId system = data.controlData().systemId();
        return WalIndex.read(new FolderStore(repository()), system);
    }

    private Path repository() {
        return cluster().path().resolve("repository");
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(started);
    }
}

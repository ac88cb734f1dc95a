package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillStep;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.verify.LastVerification;
import io.howdah.backup.wal.WalIndex;
import io.howdah.cli.Howdah;
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
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/// The workers beside the nodes: whoever leads, and however often that changes, all WAL comes into
/// the repository.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
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
                        + "', '"
                        + secondRepository()
                        + "']\n"
                        + "  wal: {flush: 200ms}\n"
                        + "  take: {every: 300d}\n"
                        + "  verify: {every: 300d}\n"
                        + "  clone-from: repository\n"
                        + "  drill: {every: 30s, directory: '"
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

    /// By a standby's worker, and once; and what comes there is looked at.
    @Test
    @Order(1)
    void backupsAreTakenIntoEveryRepositoryOnASchedule() {
        cluster().awaitWhole();
        for (Path repository : List.of(repository(), secondRepository())) {
            Await.until(
                    "there is a backup in " + repository, () -> !scheduled(repository).isEmpty());
            assertThat(scheduled(repository)).hasSize(1).allMatch(BackupRecord::standby);
            Await.until(
                    repository + " was read as a whole",
                    () ->
                            LastVerification.NOTE
                                    .read(new FolderStore(repository))
                                    .filter(last -> last.result().isComplete())
                                    .isPresent());
        }
    }

    private static List<BackupRecord> scheduled(Path repository) {
        return Files.exists(repository.resolve("howdah-repository.json"))
                ? new BackupCatalog(Repository.open(new FolderStore(repository))).all()
                : List.of();
    }

    /// By the worker of one of the nodes; all of them know.
    @Test
    void drillOnAScheduleProvesABackupAndStandsInTheStatus() throws Exception {
        Writer writer = Objects.requireNonNull(writing);
        cluster().awaitWhole();
        writer.awaitProgress();
        backUp();
        var reports = new DrillReports(Repository.open(new FolderStore(repository())));
        try {
            Await.until(
                    "a drill has passed",
                    () -> reports.newest().filter(DrillReport::passed).isPresent());
        } catch (AssertionError e) {
            throw new AssertionError(
                    "what failed: " + reports.newest().map(DrillReport::failed), e);
        }
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
        DrillReport report = reports.newest().orElseThrow();
        assertThat(report.steps()).extracting(DrillStep::what).contains("in app: select true");
    }

    /// The primary keeps the WAL of the last moments for it, and is asked for no more.
    @Test
    void memberWithoutDataIsMadeOfTheRepository() throws Exception {
        Writer writer = Objects.requireNonNull(writing);
        writer.awaitProgress();
        ClusterStatus before = cluster().awaitWhole();
        backUp();
        writer.awaitProgress();
        int empty = DemoCluster.others(before).getFirst();
        cluster().killHost(empty);
        cluster().wipe(empty);
        int told = cluster().log(empty).length();
        cluster().start(empty);
        ClusterStatus after = cluster().awaitWhole();
        assertThat(cluster().log(empty).substring(told))
                .contains("copying n" + empty + " from the repository in " + repository())
                .doesNotContain("copying n" + empty + " from n");
        writer.assertNothingLost(DemoCluster.leader(after));
    }

    /// Under load, all nodes are killed and all their data deleted. What a worker had said to be
    /// archived is there again.
    @Test
    @Order(Integer.MAX_VALUE)
    void clusterComesBackFromTheRepositoryWhenEverythingIsLost() throws Exception {
        Writer writer = Objects.requireNonNull(writing);
        ClusterStatus before = cluster().awaitWhole();
        backUp();
        writer.awaitProgress();
        Set<Long> promised = writer.acknowledged();
        awaitArchived(DemoCluster.leader(before));
        writer.awaitProgress();
        SystemId system = system(1);
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            cluster().killHost(node);
        }
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            cluster().wipe(node);
        }
        // It ends whoever works in the directory of an agent that is gone.
        Await.until("n2's switch has ended", () -> !cluster().hasDeadMansSwitch(2));
        String yaml = cluster().settings().nodeDirectory(2).resolve("howdah.yaml").toString();
        String[] restore = {"restore", "--latest", "--cluster", "--config", yaml};
        assertThat(Howdah.run(restore)).as("others could begin an empty cluster").isEqualTo(1);
        cluster()
                .configure(text ->
                        text.replaceFirst(
                                "(?m)^postgres:\\n",
                                "postgres:\n  system-identifier: '" + system + "'\n"));
        assertThat(Howdah.run(restore)).isZero();
        cluster().startAll();
        ClusterStatus after = cluster().awaitWhole();
        assertThat(after.leader()).isEqualTo("n2");
        assertThat(Objects.requireNonNull(DemoCluster.member(after, "n2").timeline()))
                .isGreaterThan(
                        Objects.requireNonNull(
                                DemoCluster.member(before, "n" + DemoCluster.leader(before))
                                        .timeline()));
        for (int node = 1; node <= DemoCluster.NODES; node++) {
            writer.awaitHeld(promised, node);
        }
        writer.awaitProgress();
        // The same would be typed to try a recovery while the former cluster runs.
        assertThatThrownBy(() -> memory(2).requireOurs(new FolderStore(repository())))
                .hasMessageContaining("belongs to another cluster with the same database");
        cluster()
                .await(
                        cluster().client(2),
                        "n2 says why its WAL is not archived",
                        status ->
                                String.valueOf(status.archiveProblem())
                                        .contains("belongs to another cluster"));
        String[] takeOver = {"backup", "take-over", "--config", yaml};
        assertThat(Howdah.run(takeOver)).as("nobody can be asked").isEqualTo(2);
        assertThat(Howdah.run("backup", "take-over", "--config", yaml, "--yes")).isZero();
        awaitArchived(2);
    }

    private RepositoryMemory memory(int node) {
        return BackupWorker.repositories(cluster().settings().nodeDirectory(node));
    }

    /// Of a standby.
    private void backUp() {
        LocalServer standby =
                LocalServer.choose(
                        IntStream.rangeClosed(1, DemoCluster.NODES)
                                .mapToObj(node ->
                                        new LocalServer.Place(
                                                "n" + node,
                                                cluster().dataDirectory(node),
                                                memory(node)))
                                .toList());
        Await.until("an archive begins", () -> Files.isDirectory(repository().resolve("wal")));
        new BackupTaking(
                        new FolderStore(repository()),
                        standby.memory(),
                        standby.source(),
                        new TakeOptions(1, 0, 1, false),
                        new TakeListener() {})
                .run();
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
                                                "select from pg_replication_slots where slot_name ="
                                                        + " $1 and restart_lsn is not null",
                                                BackupWorker.SLOT)
                                        .size()
                                == 1;
                    }
                });
    }

    private WalIndex index(int node) {
        return WalIndex.read(new FolderStore(repository()), system(node));
    }

    private SystemId system(int node) {
        return new DataDirectory(cluster().dataDirectory(node), OperatingSystemUser.forPostgres())
                .controlData()
                .systemId();
    }

    private Path repository() {
        return cluster().path().resolve("repository");
    }

    private Path secondRepository() {
        return cluster().path().resolve("repository-2");
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(started);
    }
}

package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.marker.MarkerTrail;
import io.howdah.backup.marker.MarkerWriter;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.GapFilling;
import io.howdah.backup.wal.RepositoryTrouble;
import io.howdah.backup.wal.RepositoryTroubles;
import io.howdah.backup.wal.StandbySlot;
import io.howdah.backup.wal.WalArchiveSettings;
import io.howdah.backup.wal.WalArchiveStatus;
import io.howdah.backup.wal.WalArchiver;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.beside.BesideProcess;
import io.howdah.node.configuration.ArchiveLimit;
import io.howdah.node.configuration.BackupConfiguration;
import io.howdah.node.configuration.ConfigurationException;
import io.howdah.node.configuration.KeepConfiguration;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.SqlIdentifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The worker beside a node that archives its WAL, in its own process. Goes on while its agent is
/// away.
public final class BackupWorker implements AutoCloseable {

    /// The archive's slot on every member: no node's name begins with an underscore, so it is no
    /// member's.
    public static final String SLOT = "howdah__archive";

    private static final String USER = "postgres";

    /// As whom markers are written.
    private static final SqlIdentifier MARKER_WRITER = new SqlIdentifier("howdah_backup");

    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration REPORT = Duration.ofMillis(500);

    /// How often a standby's slot is moved.
    private static final Duration SLOT_ROUND = Duration.ofSeconds(20);

    private static final Logger LOG = LoggerFactory.getLogger(BackupWorker.class);

    private final ProcessFile.Claim claim;
    private final BesideFiles files;
    private final DataDirectory data;
    private final RepositoryTroubles troubles = new RepositoryTroubles();
    private final WalArchiver archiver;
    private final @Nullable MarkerTrail markers;
    private final StandbySlot slot;
    private final GapFilling gaps;
    private final DrillKeeper drills;
    private final Schedule schedule;
    private final @Nullable RepositorySweeps sweeps;
    private final GapWatch gapWatch;
    private final BackupsWatch backupsWatch;
    private final StopFile stopFile;
    private final @Nullable WriteStop writeStop;
    private final Thread work = Thread.ofPlatform().name("backup-worker").unstarted(this::work);
    private final Thread reports = Thread.ofVirtual().name("reports").unstarted(this::report);
    private volatile String complaint = "";
    private final Rounds standbyRounds =
            new Rounds(
                    "standby-slot",
                    "the WAL that the archive needs is not kept at the moment",
                    SLOT_ROUND,
                    this::tendStandby);

    private BackupWorker(NodeConfiguration configuration, ProcessFile.Claim claim) {
        this.claim = claim;
        this.files = BesideFiles.backupWorker(configuration.directory());
        this.data =
                new DataDirectory(
                        Objects.requireNonNull(configuration.dataDirectory()),
                        OperatingSystemUser.forPostgres());
        BackupConfiguration backup = Objects.requireNonNull(configuration.backup());
        List<ObjectStore> stores = backup.stores();
        SqlIdentifier name = new SqlIdentifier(SLOT);
        Path leaders = LeadersFile.path(configuration.directory());
        RepositoryMemory memory = RepositoryMemory.of(repositories(files), leaders);
        this.archiver =
                new WalArchiver(
                        new WalArchiveSettings(
                                name,
                                backup.wal().flush(),
                                files.home().resolve("wal"),
                                WalArchiveSettings.DEFAULT_LEVEL),
                        stores,
                        memory,
                        troubles);
        this.markers = backup.marker() ? new MarkerTrail() : null;
        this.slot = new StandbySlot(name, stores, memory, troubles);
        this.gaps =
                new GapFilling(
                        stores,
                        data.path().resolve("pg_wal"),
                        files.home().resolve("gap-packed"),
                        memory);
        this.drills =
                new DrillKeeper(
                        configuration.node(),
                        backup.drill(),
                        stores,
                        memory,
                        files,
                        this::server,
                        ClusterMarker.of(configuration));
        this.schedule =
                new Schedule(backup, stores, configuration.node(), data, memory, this::server);
        KeepConfiguration keep = backup.keep();
        this.sweeps =
                keep == null ? null : new RepositorySweeps(stores, keep, memory, this::isArchiving);
        this.gapWatch = new GapWatch(stores, data, this::isArchiving);
        this.backupsWatch = new BackupsWatch(stores, files, this::archiveProblem);
        this.stopFile = StopFile.of(files);
        this.writeStop =
                backup.wal().atLimit() == ArchiveLimit.STOP_WRITES
                        ? new WriteStop(name, this::server, stopFile)
                        : null;
    }

    /// Starts it.
    ///
    /// @param configuration of the node; with backups
    /// @param version of Howdah
    /// @return empty where another worker of this node runs
    /// @throws RuntimeException when it cannot start, with a fact and a HINT
    public static Optional<BackupWorker> start(NodeConfiguration configuration, String version) {
        if (configuration.backup() == null) {
            throw new ConfigurationException(
                    "node " + configuration.node() + " archives nothing",
                    "add the section 'backup' to its howdah.yaml",
                    null);
        }
        try {
            Optional<ProcessFile.Claim> claim =
                    BesideProcess.claim(
                            BesideFiles.backupWorker(configuration.directory()),
                            fingerprint(configuration, version));
            Optional<BackupWorker> worker =
                    claim.map(taken -> new BackupWorker(configuration, taken));
            worker.ifPresent(BackupWorker::begin);
            return worker;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot start the backup worker of " + configuration.node(), e);
        }
    }

    private static Path repositories(BesideFiles files) {
        return files.home().resolve("repositories.json");
    }

    /// The repositories that a node's worker has found, and which cluster the node is of, for
    /// others to read.
    ///
    /// @param node the node's directory
    public static RepositoryMemory repositories(Path node) {
        return RepositoryMemory.readFrom(
                repositories(BesideFiles.backupWorker(node)), LeadersFile.path(node));
    }

    static String fingerprint(NodeConfiguration configuration, String version) {
        return BesideProcess.fingerprint(
                version, "" + configuration.backup() + configuration.dataDirectory());
    }

    /// Why WAL does not come into a repository, or on a standby is kept for one; blank while it
    /// does.
    private String archiveProblem() {
        List<RepositoryTrouble> known = troubles.all();
        return known.isEmpty() ? isArchiving() ? "" : complaint : ArchiveProblem.of(known);
    }

    private boolean isArchiving() {
        return archiver.status().isPresent();
    }

    private void begin() {
        if (writeStop != null) {
            writeStop.start();
        } else {
            forgetStop();
        }
        gapWatch.start();
        backupsWatch.start();
        work.start();
        standbyRounds.start();
        reports.start();
        drills.start();
        schedule.start();
        if (sweeps != null) {
            sweeps.start();
        }
    }

    /// What a worker with other settings may have left.
    private void forgetStop() {
        try {
            stopFile.remove();
        } catch (IOException e) {
            LOG.warn("{} cannot be deleted: {}", stopFile.path(), e.getMessage());
        }
    }

    private void work() {
        try {
            while (!work.isInterrupted()) {
                try {
                    server().ifPresentOrElse(this::tend, this::archivesNothing);
                    complaint = "";
                } catch (RuntimeException e) {
                    complain(e);
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The same trouble is told once.
    private void complain(RuntimeException e) {
        String message = BackupException.said(e);
        if (!message.equals(complaint)) {
            LOG.warn("WAL is not archived at the moment: {}", message);
            complaint = message;
        }
    }

    private void tend(ConnectionSettings server) {
        if (LocalRole.isPrimary(server)) {
            archive(server);
            return;
        }
        archivesNothing();
    }

    /// Beside what is archived here once this server is the primary: a repository that does not
    /// answer holds that up no more.
    private void tendStandby() {
        server().filter(server -> !LocalRole.isPrimary(server))
                .ifPresent(server -> {
                    try {
                        slot.keep(server);
                    } finally {
                        gaps.fill(server);
                    }
                });
    }

    /// Until the connection is lost.
    private void archive(ConnectionSettings server) {
        MarkerTrail trail = markers;
        if (trail == null) {
            archiver.run(server);
            return;
        }
        try (var marker = new MarkerWriter(server, MARKER_WRITER, trail)) {
            marker.start();
            archiver.run(server);
        }
    }

    /// The node's server, over its local socket; empty while none runs.
    private Optional<ConnectionSettings> server() {
        return PostgresServer.localAddress(data)
                .map(address ->
                        ConnectionSettings.of(address, USER)
                                .withApplicationName("howdah archive")
                                .withTimeouts(CALL, CALL));
    }

    private void report() {
        try {
            while (true) {
                Optional<WalArchiveStatus> status = archiver.status();
                try {
                    if (status.isPresent()) {
                        report(status.get()).write(files);
                    }
                } catch (IOException e) {
                    LOG.debug("the agent is not told: {}", e.getMessage());
                }
                Thread.sleep(REPORT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// There is no primary here. A worker that cannot archive one leaves the last report as it is:
    /// its age tells.
    private void archivesNothing() {
        try {
            Files.deleteIfExists(ArchiveReport.file(files));
        } catch (IOException e) {
            LOG.debug("the agent is not told: {}", e.getMessage());
        }
    }

    private ArchiveReport report(WalArchiveStatus status) {
        return ArchiveReport.of(
                status,
                markers == null ? null : markers.loss(status.archived(), status.behind()),
                gapWatch.gaps(),
                System.currentTimeMillis());
    }

    /// Stops, wherever it is: the next worker goes on from what is in the repositories.
    @Override
    public void close() {
        if (sweeps != null) {
            sweeps.close();
        }
        if (writeStop != null) {
            writeStop.close();
        }
        standbyRounds.close();
        gapWatch.close();
        backupsWatch.close();
        reports.interrupt();
        drills.close();
        schedule.close();
        archiver.close();
        work.interrupt();
        try {
            reports.join();
            work.join();
            claim.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.debug("the claim ends with this process: {}", e.getMessage());
        }
    }
}

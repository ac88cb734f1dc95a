package io.howdah.cluster.member;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DataCopy;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DataReplacement;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.Tablespaces;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.process.IdleEnd;
import io.howdah.postgres.wire.BaseBackupListener;
import io.howdah.postgres.wire.BaseBackupRequest;
import io.howdah.postgres.wire.BaseBackupResult;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PhysicalSlot;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SystemIdentity;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where a data directory comes from: initdb, a copy, or a rewind. Each is crash-safe: built beside
/// and swapped in, or marked while it is under way, so that an interrupted one is never taken for
/// data. Every one has a new incarnation. For one thread.
final class Cloning {

    static final String INITIALISED_HERE = "initialised-here";
    static final String REWIND_UNDER_WAY = "rewind-under-way";
    static final String REWOUND_FOR_EPOCH = "rewound-for-epoch";

    private static final Duration START = Duration.ofMinutes(2);

    /// How long a rewind may do nothing, as where its source's disk hangs; to list the files of a
    /// large source takes one long question, and a copy instead takes longer still.
    private static final Duration REWIND_IDLE = Duration.ofMinutes(20);

    /// The kernel does the work of `sync`, which looks idle meanwhile.
    private static final Duration SYNC_IDLE = Duration.ofDays(1);

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Logger LOG = LoggerFactory.getLogger(Cloning.class);

    private final ManagedSettings settings;
    private final DataDirectory data;
    private final ServerFiles files;
    private final DurableFiles durable;
    private final Path log;
    private final Path socketDirectory;
    private final Path initialisedHere;
    private final Path interrupted;
    private final Path rewound;
    private final Steps steps;
    private final CopyRoom room = new CopyRoom(this::giveUpWorthless);
    private volatile @Nullable CopyProgress copying;

    Cloning(
            ManagedSettings settings,
            DataDirectory data,
            ServerFiles files,
            DurableFiles durable,
            Path log,
            Path socketDirectory,
            Steps steps) {
        this.settings = settings;
        this.data = data;
        this.files = files;
        this.durable = durable;
        this.log = log;
        this.socketDirectory = socketDirectory;
        this.initialisedHere = settings.directory().resolve(INITIALISED_HERE);
        this.interrupted = settings.directory().resolve(REWIND_UNDER_WAY);
        this.steps = steps;
        this.rewound = settings.directory().resolve(REWOUND_FOR_EPOCH);
    }

    /// How far the copy is that is under way. Any thread may ask.
    Optional<CopyProgress> copying() {
        return Optional.ofNullable(copying);
    }

    boolean isInitialisedHere() {
        return Files.exists(initialisedHere);
    }

    /// Deletes a data directory that was initialised here and never became the cluster's.
    void discardInitialised() {
        if (!isInitialisedHere()) {
            throw new IllegalStateException(data + " was not initialised here");
        }
        durable.deleteTree(data.path());
        durable.delete(initialisedHere);
    }

    void initialisationAnnounced() {
        durable.delete(initialisedHere);
    }

    /// Whether a rewind was begun and not finished: what lies in the data directory is of no use
    /// then.
    boolean isInterrupted() {
        return Files.exists(interrupted);
    }

    /// The epoch whose leader the data directory was rewound to, until it is consistent again.
    Optional<Epoch> rewoundFor() {
        try {
            return Files.exists(rewound)
                    ? Optional.of(new Epoch(Long.parseLong(Files.readString(rewound).strip())))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + rewound, e);
        }
    }

    /// A standby answers queries: it needs nobody in particular any more.
    void consistentAgain() {
        if (Files.exists(rewound)) {
            durable.delete(rewound);
        }
    }

    Incarnation renewIncarnation(DataDirectory of) {
        Incarnation fresh = freshIncarnation();
        of.writeCopy(new DataCopy(fresh.value(), settings.self().value()));
        return fresh;
    }

    /// One that no data directory has had.
    static Incarnation freshIncarnation() {
        return new Incarnation("%08x".formatted(RANDOM.nextInt()));
    }

    /// A new cluster, with its roles and first database, built beside and swapped in.
    void initialise() {
        durable.write(initialisedHere, "");
        steps.reached(Step.INITIALISE_MARKED);
        DataReplacement replacement = data.replacement();
        DataDirectory fresh = new DataDirectory(replacement.begin(), data.owner());
        LOG.info(
                "initialising a new cluster with PostgreSQL {}", settings.installation().version());
        steps.reached(Step.INITDB_RUNS);
        new InitDb(settings.installation()).run(fresh);
        files.write(false, new InForce.Alone(), Epoch.NONE);
        Map<String, String> parameters = new HashMap<>(files.parameters());
        PostgresServer server =
                PostgresServer.start(
                        new ServerLaunch(
                                settings.installation(),
                                fresh,
                                settings.port(),
                                List.of(),
                                socketDirectory,
                                parameters,
                                Map.of(),
                                log));
        try {
            server.awaitReady(START);
            steps.reached(Step.FIRST_SERVER_RUNS);
            new FirstObjects(
                            settings,
                            ConnectionSettings.of(
                                    new ServerAddress.UnixSocket(socketDirectory, settings.port()),
                                    ServerRoles.SUPERUSER))
                    .create();
            steps.reached(Step.FIRST_OBJECTS_MADE);
        } finally {
            server.stop(PostgresServer.StopMode.FAST, START);
        }
        finish(fresh, replacement);
    }

    /// A fresh copy, built beside what is here and swapped in when complete.
    ///
    /// @param sources from where rather than from the leader
    void copy(Upstream leader, CopySources sources) {
        room.begin();
        DataReplacement replacement = data.replacement();
        List<Path> former = Tablespaces.of(data.path());
        try (ReplicationConnection atLeader =
                ReplicationConnection.open(replicationSettings(leader))) {
            Optional<Lsn> kept = reserveSlot(atLeader);
            steps.reached(Step.COPY_SLOT_RESERVED);
            steps.reached(Step.COPY_RUNS);
            SystemIdentity leads = atLeader.identifySystem();
            boolean copied =
                    (sources.archive()
                                    && copiedFromArchive(
                                            atLeader, leader, leads, kept, replacement))
                            || sources.standbys().stream()
                                    .anyMatch(source ->
                                            copiedFromStandby(source, leads, kept, replacement));
            if (!copied) {
                copiedFromLeader(atLeader, leader, leads, replacement);
            }
            new TimelineMark(new DataDirectory(replacement.freshDirectory(), data.owner()))
                    .isMade(leads.timeline());
            steps.reached(Step.COPY_RECEIVED);
        } finally {
            copying = null;
        }
        finish(new DataDirectory(replacement.freshDirectory(), data.owner()), replacement);
        steps.reached(Step.COPY_SWAPPED);
        former.stream()
                .filter(place -> Tablespaces.chosen(place).equals(place))
                .forEach(place ->
                        LOG.warn(
                                "{} has a part of the former data, which is of no use here any more and"
                                        + " left for you to delete",
                                place));
        durable.delete(rewound);
        durable.delete(interrupted);
    }

    private void copiedFromLeader(
            ReplicationConnection atLeader,
            Upstream leader,
            SystemIdentity leads,
            DataReplacement replacement) {
        DataDirectory fresh = backup(atLeader, leader, replacement);
        if (!new TimelineMark(fresh).isLeaders(leads.timeline())) {
            throw new PostgresException(
                    leader.leader()
                            + " is no leader by the cluster's doing: it is a standby, or somebody else promoted it",
                    "nothing has to be done: the copy is made again as soon as there is a leader");
        }
    }

    /// Only what goes on where the leader's slot begins to keep WAL, as from a standby. The archive
    /// knows nothing that was not once the cluster's: whether the copy lies on the leader's line is
    /// seen when it follows.
    private boolean copiedFromArchive(
            ReplicationConnection atLeader,
            Upstream upstream,
            SystemIdentity leader,
            Optional<Lsn> keptBefore,
            DataReplacement replacement) {
        CopySource archive = settings.copySource();
        if (archive == null) {
            return false;
        }
        try {
            LOG.info("copying {} from {}", settings.self(), archive);
            Path target = room.with(replacement.begin());
            Lsn reach =
                    archive.copy(
                            new CopySource.Wanted(
                                    leader.systemId(),
                                    atLeader.timelineHistory(leader.timeline()).history(),
                                    settings.installation().version().major(),
                                    target,
                                    place -> room.with(replacement.tablespace(place)),
                                    progress(archive.toString())::progressed));
            Optional<Lsn> kept = keptNow(upstream, keptBefore);
            if (kept.isEmpty() || !reach.isAtLeast(kept.get())) {
                LOG.warn(
                        "{} has WAL up to {} only, and the leader keeps it from {} on: the members are"
                                + " copied from instead",
                        archive,
                        reach,
                        kept.map(Lsn::toString).orElse("nowhere"));
                return false;
            }
            return !hasStrayed(new DataDirectory(target, data.owner()), archive.toString());
        } catch (RuntimeException e) {
            LOG.warn(
                    "{} could not be copied from, so the members are: {}", archive, e.getMessage());
            return false;
        }
    }

    /// From where on the slot keeps WAL, made anew where more was written during a long copy than a
    /// slot may keep. The connection with which the copy began may be long idle by then.
    private Optional<Lsn> keptNow(Upstream leader, Optional<Lsn> before) {
        try (ReplicationConnection again =
                ReplicationConnection.open(replicationSettings(leader))) {
            return reserveSlot(again);
        } catch (RuntimeException e) {
            LOG.debug("what {} keeps is not known: {}", leader.leader(), e.getMessage());
            return before;
        }
    }

    /// From a standby only what goes on where the leader's slot begins to keep WAL: else the copy
    /// could not follow, and would be made once more.
    private boolean copiedFromStandby(
            Upstream source,
            SystemIdentity leader,
            Optional<Lsn> kept,
            DataReplacement replacement) {
        try (ReplicationConnection atSource =
                ReplicationConnection.open(replicationSettings(source))) {
            SystemIdentity is = atSource.identifySystem();
            boolean follows =
                    is.systemId().equals(leader.systemId())
                            && is.timeline().equals(leader.timeline())
                            && kept.isPresent()
                            && is.position().isAtLeast(kept.get());
            if (!follows) {
                LOG.info(
                        "{} is at {} on timeline {}, too far behind to copy from it",
                        source.leader(),
                        is.position(),
                        is.timeline());
                return false;
            }
            DataDirectory fresh = backup(atSource, source, replacement);
            return !hasStrayed(fresh, source.leader().value());
        } catch (RuntimeException e) {
            LOG.warn("{} could not be copied: {}", source.leader(), e.getMessage());
            return false;
        }
    }

    private static boolean hasStrayed(DataDirectory fresh, String source) {
        var mark = new TimelineMark(fresh);
        if (mark.stopped() || mark.strayedFrom().isPresent()) {
            LOG.warn("somebody ran {} as a primary: its data are not taken", source);
            return true;
        }
        return false;
    }

    /// Half a rewind has left what is no database any more. It stays as long as there is room, as
    /// it may be all that an operator has if the leader's disk fails now.
    private void giveUpWorthless(long lackingBytes) {
        if (isInterrupted() && data.bytes() >= lackingBytes) {
            LOG.warn(
                    "the copy has no room beside what a rewind that failed has left in {}: that is deleted",
                    data);
            data.replacement().deleteOldFirst();
        }
    }

    private DataDirectory backup(
            ReplicationConnection connection, Upstream source, DataReplacement replacement) {
        Path target = room.with(replacement.begin());
        LOG.info("copying {} from {}", settings.self(), source.leader());
        BaseBackupResult copied =
                connection.baseBackup(
                        BaseBackupRequest.labelled("howdah copy for " + settings.self())
                                .withTablespaces(place -> room.with(replacement.tablespace(place))),
                        target,
                        progress(source.leader().value()));
        copied.directories().forEach(data.owner()::ownTree);
        return new DataDirectory(target, data.owner());
    }

    private BaseBackupListener progress(String source) {
        return (doneBytes, totalBytes) -> {
            room.require(doneBytes, totalBytes);
            copying = new CopyProgress(source, doneBytes, totalBytes);
            LOG.info("copied {} of {} MB from {}", doneBytes >> 20, totalBytes >> 20, source);
        };
    }

    /// The slot has to hold WAL from before the copy begins until the copy streams. The leader
    /// makes the slots of its members too, perhaps at the same moment.
    ///
    /// @return from where on it holds WAL
    private Optional<Lsn> reserveSlot(ReplicationConnection replication) {
        SqlIdentifier slot = new SqlIdentifier(settings.self().slotName());
        Optional<PhysicalSlot> there = replication.readSlot(slot);
        if (there.isPresent() && there.get().restartLsn().isPresent()) {
            return there.get().restartLsn();
        }
        try {
            if (there.isPresent()) {
                replication.dropSlot(slot, true);
            }
            replication.createPhysicalSlot(slot, true);
        } catch (PostgresServerException e) {
            if (replication.readSlot(slot).flatMap(PhysicalSlot::restartLsn).isEmpty()) {
                throw e;
            }
        }
        return replication.readSlot(slot).flatMap(PhysicalSlot::restartLsn);
    }

    private void finish(DataDirectory fresh, DataReplacement replacement) {
        fresh.createStandbySignal();
        renewIncarnation(fresh);
        durable.write(
                fresh.path().resolve("postgresql.conf"),
                "# Not read. Howdah generates PostgreSQL's configuration: "
                        + files.configuration()
                        + "\n");
        steps.reached(Step.REPLACEMENT_WHOLE);
        if (replacement.setOldAside()) {
            steps.reached(Step.REPLACEMENT_OLD_ASIDE);
        }
        replacement.putInPlace();
        steps.reached(Step.REPLACEMENT_IN_PLACE);
        replacement.deleteOld();
    }

    /// `pg_rewind` where it is there and does, else a copy.
    ///
    /// @param sources standbys to copy from rather than from the leader
    void rejoin(Upstream upstream, CopySources sources) {
        Optional<Path> tool = settings.installation().tool("pg_rewind");
        if (tool.isPresent() && !isInterrupted() && rewind(upstream, tool.get())) {
            return;
        }
        copy(upstream, sources);
    }

    /// Where it did something it leaves a `backup_label`. One that saw nothing to do was wrong, as
    /// only who is off the leader's line comes here: up to 15 it knows a timeline from the last
    /// checkpoint only, so it takes a winner that was ended right after its promotion for one that
    /// never left the old line. Such a server would not start, or wait on its dead branch for ever.
    private boolean rewind(Upstream upstream, Path tool) {
        // from here on the old incarnation is gone, whatever comes of the rewind
        renewIncarnation(data);
        steps.reached(Step.REWIND_INCARNATION_GONE);
        durable.write(interrupted, "");
        steps.reached(Step.REWIND_MARKED);
        Path service = settings.directory().resolve("run").resolve("rewind.conf");
        durable.write(
                service,
                ServiceFile.rewindEntry(
                        upstream, settings.self(), settings.secrets().rewind(), files.keys()));
        try {
            checkpointAt(upstream);
            // single-user mode, in which pg_rewind ends a crash recovery, refuses to be a standby
            data.removeStandbySignal();
            steps.reached(Step.REWIND_SIGNAL_REMOVED);
            steps.reached(Step.REWIND_RUNS);
            String said =
                    run(
                            List.of(
                                    tool.toString(),
                                    "--target-pgdata=" + data.path(),
                                    "--source-server=service=howdah",
                                    "--config-file=" + files.configuration(),
                                    "--no-sync"),
                            Map.of("PGSERVICEFILE", service.toString()),
                            REWIND_IDLE);
            steps.reached(Step.REWIND_DONE);
            LOG.info("pg_rewind: {}", said.strip().replace("\n", "; "));
            if (!Files.exists(data.path().resolve("backup_label"))) {
                LOG.warn("pg_rewind saw nothing to rewind, a fresh copy is made instead");
                return false;
            }
            if (!new TimelineMark(data).isLeaders(TimelineId.FIRST)) {
                LOG.warn("{} is no leader by the cluster's doing", upstream.leader());
                return false;
            }
            new TimelineMark(data).isMade(upstream.highest());
        } catch (RuntimeException e) {
            LOG.warn("pg_rewind did not do, a fresh copy is made instead: {}", e.getMessage());
            return false;
        } finally {
            data.createStandbySignal();
            durable.delete(service);
        }
        renewIncarnation(data);
        syncTree();
        durable.write(rewound, upstream.epoch() + "\n");
        steps.reached(Step.REWIND_NOTED);
        durable.delete(interrupted);
        return true;
    }

    /// `pg_rewind` judges by the source's control file, which names the new timeline only after a
    /// checkpoint.
    private void checkpointAt(Upstream upstream) {
        ConnectionSettings source =
                files.keys()
                        .addTo(
                                ConnectionSettings.of(
                                                new ServerAddress.Tcp(
                                                        upstream.host(), upstream.port()),
                                                ServerRoles.REWIND)
                                        .withPassword(settings.secrets().rewind()));
        try (PostgresConnection connection = PostgresConnection.open(source)) {
            connection.executeWithin(Duration.ofMinutes(5), "checkpoint");
        }
    }

    private void syncTree() {
        var command = new ArrayList<>(List.of("sync", "--file-system", data.path().toString()));
        Tablespaces.of(data.path()).forEach(place -> command.add(place.toString()));
        run(command, Map.of(), SYNC_IDLE);
    }

    private String run(List<String> command, Map<String, String> environment, Duration idlest) {
        ProcessBuilder builder =
                new ProcessBuilder(data.owner().command(command)).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
        builder.environment().putAll(environment);
        builder.environment().put("LC_ALL", "C");
        builder.directory(Path.of("/").toFile());
        try {
            Process process = builder.start();
            try (IdleEnd idle = IdleEnd.of(process, idlest)) {
                process.getOutputStream().close();
                String said =
                        new String(
                                process.getInputStream().readAllBytes(),
                                java.nio.charset.StandardCharsets.UTF_8);
                int code = process.waitFor();
                if (code != 0) {
                    throw new IllegalStateException(
                            command.getFirst()
                                    + (idle.hasEnded()
                                            ? " had done nothing for " + idlest.toMinutes() + " min"
                                            : " ended with " + code)
                                    + ": "
                                    + said.strip());
                }
                return said;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot run " + command.getFirst(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + command.getFirst() + " ran", e);
        }
    }

    ConnectionSettings replicationSettings(Upstream upstream) {
        return files.keys()
                .addTo(
                        ConnectionSettings.of(
                                        new ServerAddress.Tcp(upstream.host(), upstream.port()),
                                        ServerRoles.REPLICATION)
                                .withPassword(settings.secrets().replication())
                                .withApplicationName("howdah_" + settings.self()));
    }
}

package io.howdah.cluster.member;

import io.howdah.cluster.member.ServerQueries.Observation;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.ServerSettings;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `LocalPostgres` on a real server. Below its directory: `data` (the data directory), `conf`
/// (generated files), `run` (socket and service file) and `postgresql.log`. One thread, but for
/// `kill`, `pid` and `leaderEnd`.
public final class ManagedPostgres implements LocalPostgres, AutoCloseable {

    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);
    private static final Duration RECEIVERS_DEADLINE = Duration.ofSeconds(2);
    private static final Duration POSITION_DEADLINE = Duration.ofSeconds(30);
    private static final Duration PROMOTION_DEADLINE = Duration.ofSeconds(60);
    private static final Duration READY_DEADLINE = Duration.ofMinutes(10);
    private static final Duration READY_LOOK = Duration.ofMillis(200);
    private static final Duration POLL = Duration.ofMillis(2);
    private static final Logger LOG = LoggerFactory.getLogger(ManagedPostgres.class);

    private final ManagedSettings settings;
    private final Runnable onDeath;
    private final DataDirectory data;
    private final Path log;
    private final Path socketDirectory;
    private final ServerFiles files;
    private final ServiceFile service;
    private final ServerQueries queries;
    private final Enforcement enforcement;
    private final Cloning cloning;
    private volatile @Nullable PostgresServer server;
    private final AtomicLong kills = new AtomicLong();
    private volatile @Nullable Lsn leaderEnd;
    private boolean startedAsStandby;
    private @Nullable Identity identity;

    /// The one whose incarnation is known to be in the data directory.
    private @Nullable Identity kept;

    private record Identity(SystemId systemId, Incarnation incarnation) {}

    /// Prepares the directories and finishes what an earlier run left undone. Starts nothing.
    ///
    /// @param onDeath called on a thread of its own as soon as the server's postmaster has ended
    public ManagedPostgres(ManagedSettings settings, Runnable onDeath) {
        this.settings = settings;
        this.onDeath = onDeath;
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        DurableFiles durable = new DurableFiles(owner);
        durable.createDirectory(settings.directory());
        durable.createDirectory(settings.directory().resolve("run"));
        this.data = new DataDirectory(settings.directory().resolve("data"), owner);
        this.log = settings.directory().resolve("postgresql.log");
        this.socketDirectory = SocketDirectory.prepare(settings.directory().resolve("run"), owner);
        this.files = new ServerFiles(settings, settings.directory().resolve("conf"), owner);
        this.service =
                new ServiceFile(
                        settings.directory().resolve("run").resolve("service.conf"), durable);
        this.queries = new ServerQueries(socketDirectory, settings.port());
        this.enforcement = new Enforcement(queries, files, this::reload);
        this.cloning = new Cloning(settings, data, files, durable, log, socketDirectory);
        data.replacement().finish();
    }

    /// The postmaster's process number; empty while none runs.
    public OptionalLong pid() {
        PostgresServer running = server;
        return running != null && running.isAlive()
                ? OptionalLong.of(running.pid())
                : OptionalLong.empty();
    }

    /// How far the primary that this standby follows, or followed last, had written when it was
    /// last heard of. Empty when none was ever heard of. From any thread.
    public Optional<Lsn> leaderEnd() {
        return Optional.ofNullable(leaderEnd);
    }

    /// Whether it is the PostgreSQL that comes with Howdah, for demos and tests.
    public boolean isEmbedded() {
        return settings.installation().embedded();
    }

    @Override
    public LocalStatus status() {
        switch (data.content()) {
            case MISSING, EMPTY -> {
                return new LocalStatus.Absent();
            }
            case OTHER -> {
                return new LocalStatus.Unusable(
                        data.path()
                                + " is not empty and not a data directory of PostgreSQL"
                                + "\nHINT: move it away, or name another directory in howdah.yaml");
            }
            case DATABASE -> {
                if (cloning.isInterrupted() && runningServer() == null) {
                    return new LocalStatus.Absent();
                }
            }
        }
        int wanted = settings.installation().version().major();
        if (data.majorVersion() != wanted) {
            return new LocalStatus.Unusable(
                    data.path()
                            + " is of PostgreSQL "
                            + data.majorVersion()
                            + ", "
                            + settings.installation().binDirectory()
                            + " is of "
                            + wanted
                            + "\nHINT: name an installation of PostgreSQL "
                            + data.majorVersion()
                            + " as postgres.installation in howdah.yaml");
        }
        Identity known = identity();
        if (runningServer() == null) {
            boolean leftovers = !new ServerProcesses(data).running().isEmpty();
            return new LocalStatus.Stopped(
                    known.systemId, known.incarnation, leftovers, cloning.rewoundFor());
        }
        keepIncarnation(known);
        try {
            return observed(known, queries.observe());
        } catch (WireException | UncertainTimelineException e) {
            return new LocalStatus.Silent(
                    known.systemId,
                    known.incarnation,
                    firstLine(e),
                    mayBePrimary(),
                    cloning.rewoundFor());
        }
    }

    /// Whether a server that does not answer may be a primary: one that this agent started as a
    /// standby is none.
    private boolean mayBePrimary() {
        return !startedAsStandby && data.controlData().state() == ControlData.State.IN_PRODUCTION;
    }

    private static String firstLine(RuntimeException e) {
        String message = e.getMessage();
        return message == null ? "no answer" : message.lines().findFirst().orElse("no answer");
    }

    private LocalStatus observed(Identity known, Observation seen) {
        if (!seen.recovering()) {
            TimelineId timeline = seen.timeline();
            if (timeline == null) {
                throw new UncertainTimelineException("the primary does not say its timeline");
            }
            return new LocalStatus.Primary(
                    known.systemId,
                    known.incarnation,
                    new Position(history(timeline), seen.position()),
                    files.isOpen());
        }
        cloning.consistentAgain();
        if (seen.leaderEnd() != null) {
            leaderEnd = seen.leaderEnd();
        }
        Lsn received = seen.received();
        Optional<Position> position;
        TimelineId streaming = seen.timeline();
        if (received == null) {
            position = Optional.empty();
        } else if (streaming != null) {
            position =
                    Optional.of(
                            new Position(history(streaming), Lsn.max(received, seen.position())));
        } else {
            position = queries.flushedEnd().map(this::position);
        }
        long lag = received == null ? 0 : Math.max(0, received.bytesSince(seen.position()));
        return new LocalStatus.Standby(
                known.systemId,
                known.incarnation,
                position,
                service.epoch(),
                seen.receiving(),
                lag);
    }

    private Position position(SystemIdentity identified) {
        return new Position(history(identified.timeline()), identified.position());
    }

    private TimelineHistory history(TimelineId timeline) {
        return data.timelines()
                .history(timeline)
                .orElseThrow(() ->
                        new UncertainTimelineException(
                                "the history of timeline " + timeline + " is not there yet"));
    }

    /// The server is up, but which history it is on cannot be told at this moment.
    private static final class UncertainTimelineException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UncertainTimelineException(String message) {
            super(message);
        }
    }

    private Identity identity() {
        Identity known = identity;
        if (known == null) {
            ControlData control = data.controlData();
            Incarnation incarnation =
                    data.incarnation().map(Incarnation::new).orElseGet(Cloning::freshIncarnation);
            known = new Identity(control.systemId(), incarnation);
            identity = known;
        }
        return known;
    }

    /// Writes down which incarnation this is. Looking alone does not: what lies here may turn out
    /// to be another cluster's.
    private void keepIncarnation(Identity known) {
        if (!known.equals(kept)) {
            if (data.incarnation().isEmpty()) {
                data.writeIncarnation(known.incarnation.value());
            }
            kept = known;
        }
    }

    private @Nullable PostgresServer runningServer() {
        PostgresServer running = server;
        if (running == null) {
            startedAsStandby = false;
            // left by an agent before us, or started behind our back
            running = PostgresServer.adopt(data, log).orElse(null);
            if (running != null) {
                LOG.info("adopted the running PostgreSQL, process {}", running.pid());
                watch(running);
            }
        }
        if (running != null && !running.isAlive()) {
            server = null;
            queries.close();
            return null;
        }
        return running;
    }

    private void watch(PostgresServer started) {
        server = started;
        var _ = started.death().thenRun(onDeath);
    }

    private void reload() {
        PostgresServer running = server;
        if (running == null) {
            throw new IllegalStateException("PostgreSQL does not run");
        }
        running.reload();
    }

    @Override
    public void kill() {
        kills.incrementAndGet();
        new ServerProcesses(data).killAll(KILL_DEADLINE);
        server = null;
        queries.close();
    }

    @Override
    public void initialise() {
        cloning.initialise();
        identity = null;
    }

    @Override
    public boolean isInitialisedHere() {
        return cloning.isInitialisedHere();
    }

    @Override
    public void discardInitialised() {
        kill();
        cloning.discardInitialised();
        identity = null;
    }

    @Override
    public void initialisationAnnounced() {
        cloning.initialisationAnnounced();
    }

    @Override
    public void startStandby(Optional<Upstream> rewoundTo) {
        rewoundTo.ifPresentOrElse(this::follow, service::empty);
        data.createStandbySignal();
        files.write(true, new InForce.Nobody(), Epoch.NONE);
        enforcement.begin(new InForce.Nobody());
        start();
        startedAsStandby = true;
    }

    @Override
    public void startPrimary() {
        service.empty();
        files.write(false, new InForce.Nobody(), Epoch.NONE);
        enforcement.begin(new InForce.Nobody());
        data.removeStandbySignal();
        long killsBefore = kills.get();
        try {
            start();
            awaitReadyUnlessKilled(killsBefore);
        } finally {
            // any start that is not ours is a standby's
            data.createStandbySignal();
        }
    }

    /// A fence that found no process yet, as the postmaster was just being started, must hold all
    /// the same.
    private void awaitReadyUnlessKilled(long killsBefore) {
        long end = System.nanoTime() + READY_DEADLINE.toNanos();
        while (System.nanoTime() < end) {
            PostgresServer started = server;
            if (kills.get() != killsBefore || started == null) {
                kill();
                throw new PostgresException(
                        "PostgreSQL was ended while it started",
                        "the lease was lost; nothing to do");
            }
            if (started.awaitReady(READY_LOOK)) {
                return;
            }
        }
    }

    private void start() {
        queries.close();
        keepIncarnation(identity());
        data.timelines().removePlantedInVain();
        Map<String, String> parameters = new HashMap<>(ServerSettings.forCommandLine());
        parameters.putAll(files.parameters());
        parameters.put("primary_conninfo", ServiceFile.CONNINFO);
        parameters.put("primary_slot_name", settings.self().slotName());
        parameters.put("cluster_name", settings.self().value());
        watch(
                PostgresServer.start(
                        new ServerLaunch(
                                settings.installation(),
                                data,
                                settings.port(),
                                List.of(settings.host()),
                                socketDirectory,
                                parameters,
                                Map.of("PGSERVICEFILE", service.path().toString()),
                                log)));
    }

    @Override
    public Position stop(Duration deadline) {
        PostgresServer running = runningServer();
        if (running != null) {
            running.stop(PostgresServer.StopMode.FAST, deadline);
        }
        server = null;
        queries.close();
        if (!new ServerProcesses(data).running().isEmpty()) {
            kill();
        }
        ControlData control = data.controlData();
        if (!control.state().isCleanlyStopped()) {
            // it died on the way: what it acknowledged last may lie past its last checkpoint
            throw new PostgresException(
                    "PostgreSQL ended, but not in order: its control file says " + control.state(),
                    "look at " + log);
        }
        // the shutdown checkpoint is the last record: whoever has flushed past its start holds all
        // that was acknowledged
        return new Position(history(control.checkpointTimeline()), control.checkpoint());
    }

    @Override
    public Position cut() {
        service.empty();
        try {
            new ServerProcesses(data).endWalReceivers(RECEIVERS_DEADLINE);
        } catch (PostgresException e) {
            kill();
            throw e;
        }
        return await(
                "reading local WAL to its end",
                POSITION_DEADLINE,
                () -> queries.flushedEnd().map(this::position));
    }

    @Override
    public void follow(Upstream upstream) {
        service.fill(
                upstream,
                new Follower.StandbyName(settings.self(), identity().incarnation, upstream.epoch()),
                settings.replicationPassword());
        // one that connected by the file before may stream from a former leader, which is a standby
        // by now: it would stay there
        new ServerProcesses(data).endWalReceivers(RECEIVERS_DEADLINE);
    }

    @Override
    public TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch) {
        try {
            SystemIdentity before =
                    await("reading local WAL to its end", POSITION_DEADLINE, queries::flushedEnd);
            // the doors stay as they are: what it recovered is in its base, which every later
            // winner must contain, and no new
            // commit is acknowledged or seen before a member of this epoch has it
            files.writeNames(first, epoch);
            reload();
            data.timelines().plantSkipped(before.timeline(), granted);
            startedAsStandby = false;
            queries.requestPromotion();
            await(
                    "promotion",
                    PROMOTION_DEADLINE,
                    () -> queries.isRecovering() ? Optional.empty() : Optional.of(true));
            data.createStandbySignal();
            enforcement.begin(first);
            TimelineHistory promoted =
                    data.timelines()
                            .history(granted)
                            .orElseThrow(() ->
                                    new PostgresException(
                                            "PostgreSQL was promoted, but not to timeline "
                                                    + granted,
                                            "this node gives the lease back and stops; look at its postgresql.log"));
            return promoted;
        } catch (RuntimeException e) {
            kill();
            data.createStandbySignal();
            data.timelines().removePlantedInVain();
            throw e;
        }
    }

    @Override
    public void open() {
        files.writeAccess(true);
        reload();
    }

    @Override
    public Lsn enforce(InForce next, Epoch epoch) {
        return enforcement.enforce(next, epoch);
    }

    @Override
    public List<Follower> followers() {
        return queries.followers();
    }

    @Override
    public void keepSlots(Set<NodeName> members, boolean primary) {
        queries.keepSlots(members, primary);
    }

    @Override
    public void checkpoint() {
        queries.checkpoint();
    }

    @Override
    public void rejoin(Upstream upstream) {
        identity = null;
        stopAnyhow();
        cloning.rejoin(upstream);
    }

    @Override
    public void copy(Upstream upstream) {
        identity = null;
        stopAnyhow();
        cloning.copy(upstream);
    }

    private void stopAnyhow() {
        try {
            if (runningServer() != null) {
                stop(Duration.ofSeconds(10));
            }
        } catch (RuntimeException e) {
            LOG.info("PostgreSQL does not stop in order, ending it: {}", e.getMessage());
        }
        kill();
    }

    @Override
    public boolean canCatchUp(Upstream upstream, Position from) {
        try (ReplicationConnection replication =
                ReplicationConnection.open(replicationSettings(upstream))) {
            return replication
                    .readSlot(new SqlIdentifier(settings.self().slotName()))
                    .flatMap(slot -> slot.restartLsn())
                    .map(restart -> from.lsn().isAtLeast(restart))
                    .orElse(false);
        }
    }

    @Override
    public FlushProbe flushProbe(Upstream member) {
        ReplicationConnection replication = ReplicationConnection.open(replicationSettings(member));
        return new FlushProbe() {
            @Override
            public Lsn flushed() {
                return replication.identifySystem().position();
            }

            @Override
            public void close() {
                replication.close();
            }
        };
    }

    private ConnectionSettings replicationSettings(Upstream upstream) {
        return Cloning.replicationSettings(settings, upstream);
    }

    private interface Probe<T> {
        Optional<T> look();
    }

    /// Looks every few milliseconds until there is an answer. An error of the server that passes
    /// (it starts, it stops a session) is not the end.
    private <T> T await(String what, Duration deadline, Probe<T> probe) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            String last = "";
            try {
                Optional<T> answer = probe.look();
                if (answer.isPresent()) {
                    return answer.get();
                }
            } catch (PostgresServerException | UncertainTimelineException e) {
                last = ": " + e.getMessage();
            }
            PostgresServer running = server;
            if (running == null || !running.isAlive()) {
                throw new PostgresException(what + ": PostgreSQL has ended", "look at " + log);
            }
            if (System.nanoTime() > end) {
                throw new PostgresException(
                        what + " took longer than " + deadline.toSeconds() + " s" + last,
                        "look at " + log);
            }
            LockSupport.parkNanos(POLL.toNanos());
        }
    }

    /// Lets go of the server, which runs on.
    @Override
    public void close() {
        queries.close();
    }
}

package io.howdah.cluster.member;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DiskRoom;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.ServerSettings;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `LocalPostgres` on a real server. Below its directory, with the data directory or without:
/// `conf` (generated files), `run` (socket and service file) and `postgresql.log`. One thread, but
/// for `kill`, `pid`, `copying`, `pendingRestart` and `leaderEnd`.
public final class ManagedPostgres implements LocalPostgres, AutoCloseable {

    private static final Duration POSITION_DEADLINE = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(ManagedPostgres.class);

    private final ManagedSettings settings;
    private final DataDirectory data;
    private final Path log;
    private final Path socketDirectory;
    private final ServerFiles files;
    private final ServiceFile service;
    private final ServerQueries queries;
    private final DirectoryIdentity identity;
    private final HeldServer server;
    private final Receiving receiving;
    private final Enforcement enforcement;
    private final Promotion promotion;
    private final PromptCheckpoint promptCheckpoint;
    private final Cloning cloning;
    private final ServerObserver observer;
    private final SettingsCheck settingsCheck;

    /// Whether other members follow this one when it is the primary.
    private boolean followed;

    /// Settings that are held at another value than the operator wants, for the safety of standbys.
    private volatile List<PendingSetting> heldBack = List.of();

    private final Steps steps;
    private final TimelineMark mark;
    private final ServerUpkeep upkeep;
    private final Adoption adoption;

    /// As below, with nobody who hears how far each act has come.
    public ManagedPostgres(ManagedSettings settings, Runnable onDeath) {
        this(settings, onDeath, Steps.UNWATCHED);
    }

    /// Prepares the directories and finishes what an earlier run left undone. Starts nothing.
    ///
    /// @param onDeath called on a thread of its own as soon as the server's postmaster has ended
    /// @param steps hears how far each act has come
    public ManagedPostgres(ManagedSettings settings, Runnable onDeath, Steps steps) {
        this.settings = settings;
        this.steps = steps;
        DiskRoom.requireWritable(settings.directory());
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        DurableFiles durable = new DurableFiles(owner);
        durable.createDirectory(settings.directory());
        durable.createDirectory(settings.directory().resolve("run"));
        this.data = new DataDirectory(settings.data(), owner);
        DataPlace.settle(settings.directory(), data.path(), durable);
        this.log = settings.directory().resolve("postgresql.log");
        this.socketDirectory = SocketDirectory.prepare(settings.directory().resolve("run"), owner);
        this.files = new ServerFiles(settings, settings.directory().resolve("conf"), owner);
        this.service =
                new ServiceFile(
                        settings.directory().resolve("run").resolve("service.conf"),
                        durable,
                        files.keys());
        var door =
                new SuperuserDoor(
                        socketDirectory, settings.port(), settings.installation().version());
        this.queries = new ServerQueries(door, settings.archiveSlot());
        this.identity = new DirectoryIdentity(data, settings.self());
        this.server =
                new HeldServer(
                        data,
                        log,
                        "config_file=" + files.configuration(),
                        service.environment(),
                        onDeath,
                        queries::close);
        this.mark = new TimelineMark(data);
        this.receiving = new Receiving(settings, service, files, server, identity, steps);
        this.enforcement = new Enforcement(queries, files, server::reload, steps);
        this.promotion = new Promotion(data, server, queries, files, enforcement, mark, steps);
        this.cloning = new Cloning(settings, data, files, durable, log, socketDirectory, steps);
        this.promptCheckpoint = new PromptCheckpoint(queries::open);
        this.observer =
                new ServerObserver(
                        settings.self(),
                        settings.installation(),
                        data,
                        identity,
                        server,
                        queries,
                        files,
                        service,
                        cloning,
                        mark);
        this.settingsCheck =
                new SettingsCheck(
                        settings, settings.directory().resolve("conf"), owner, door.settings());
        this.adoption = new Adoption(settings, data, durable, log, settingsCheck, steps);
        this.upkeep =
                new ServerUpkeep(
                        files,
                        server,
                        new RoleUpkeep(door.settings(), settings.secrets()),
                        data,
                        queries,
                        System::nanoTime);
        data.replacement().finish();
    }

    /// Where its data lie.
    public DataDirectory dataDirectory() {
        return data;
    }

    /// The postmaster's process number; empty while none runs.
    public OptionalLong pid() {
        return server.pid();
    }

    /// Which changed settings wait for a restart, as of a few seconds ago. From any thread.
    public List<PendingSetting> pendingRestart() {
        var pending = new ArrayList<>(observer.pendingRestart());
        pending.addAll(heldBack);
        return pending;
    }

    /// How far the copy is that is under way; empty while none is.
    public Optional<CopyProgress> copying() {
        return cloning.copying();
    }

    /// How far the primary that this standby follows, or followed last, had written when it was
    /// last heard of. Empty when none was ever heard of. From any thread.
    public Optional<Lsn> leaderEnd() {
        return observer.leaderEnd();
    }

    /// What PostgreSQL says of itself, asked now in a session of its own; empty when none runs or
    /// it does not answer within two seconds. From any thread.
    public Optional<ServerVitals> vitals() {
        if (pid().isEmpty()) {
            return Optional.empty();
        }
        try (PostgresConnection session = queries.open()) {
            return Optional.of(ServerVitals.ask(session));
        } catch (WireException e) {
            LOG.debug("PostgreSQL was not measured: {}", e.getMessage());
            return Optional.empty();
        }
    }

    /// Whether it is the PostgreSQL that comes with Howdah, for demos and tests.
    public boolean isEmbedded() {
        return settings.installation().embedded();
    }

    @Override
    public LocalStatus status() {
        upkeep.keepFiles();
        upkeep.keepWrites();
        upkeep.keepAltered();
        upkeep.keepDoor();
        LocalStatus seen = observer.look();
        return seen instanceof LocalStatus.Standby standby && !receiving.isCutOff()
                ? standby.perhapsFollowing()
                : seen;
    }

    @Override
    public Optional<TimelineId> strayedFrom() {
        return observer.isHalfRewound() ? Optional.empty() : mark.strayedFrom();
    }

    @Override
    public Optional<String> obstacle() {
        return DiskRoom.obstacle(
                List.of(data.path(), data.path().resolve("pg_wal"), socketDirectory));
    }

    @Override
    public Optional<String> complaint() {
        return server.complaint();
    }

    @Override
    public String collations() {
        return observer.collations();
    }

    @Override
    public void kill() {
        server.kill();
    }

    @Override
    public void initialise() {
        cloning.initialise();
        identity.forget();
    }

    @Override
    public boolean isInitialisedHere() {
        return cloning.isInitialisedHere();
    }

    @Override
    public void discardInitialised() {
        kill();
        cloning.discardInitialised();
        identity.forget();
    }

    @Override
    public void initialisationAnnounced() {
        cloning.initialisationAnnounced();
    }

    /// Takes a database in that was made without Howdah.
    public Adoption adoption() {
        return adoption;
    }

    @Override
    public Optional<AdoptionOrder> ordered() {
        return adoption.ordered();
    }

    @Override
    public Position stopFormer(AdoptionOrder order) {
        return adoption.stopFormer(order);
    }

    @Override
    public void takeIn(AdoptionOrder order) {
        adoption.stopFormer(order);
        mark.forget();
        if (order.role() == AdoptionOrder.Role.STANDBY) {
            mark.isAdopted();
        }
        identity.forget();
        adoption.takeIn(order);
    }

    @Override
    public void forgetOrder() {
        adoption.forget();
    }

    @Override
    public void startStandby(Optional<Upstream> rewoundTo) {
        mark.starts();
        rewoundTo.ifPresentOrElse(this::follow, service::empty);
        files.looksForNobody(rewoundTo.isEmpty());
        data.createStandbySignal();
        files.bound(data.controlData().required(), Map.of());
        heldBack = files.held();
        files.write(true, new InForce.Nobody(), Epoch.NONE);
        enforcement.begin(new InForce.Nobody());
        start();
        server.becameStandby();
        steps.reached(Step.STANDBY_STARTED);
    }

    @Override
    public void startPrimary() {
        service.empty();
        files.looksForNobody(false);
        files.bound(Map.of(), followed ? data.controlData().required() : Map.of());
        heldBack = files.held();
        files.write(false, new InForce.Nobody(), Epoch.NONE);
        enforcement.begin(new InForce.Nobody());
        mark.leads();
        data.removeStandbySignal();
        steps.reached(Step.PRIMARY_SIGNAL_REMOVED);
        long killsBefore = server.kills();
        try {
            start();
            steps.reached(Step.PRIMARY_STARTED);
            server.awaitReadyUnlessKilled(killsBefore);
        } finally {
            // any start that is not ours is a standby's
            observer.keepStandbySignal();
        }
    }

    private void start() {
        queries.close();
        identity.keep();
        data.timelines().removePlantedInVain();
        Map<String, String> parameters = new HashMap<>(ServerSettings.forCommandLine());
        parameters.putAll(files.parameters());
        parameters.put("primary_conninfo", ServiceFile.CONNINFO);
        parameters.put("primary_slot_name", settings.self().slotName());
        parameters.put("cluster_name", settings.self().value());
        server.hold(
                PostgresServer.start(
                        new ServerLaunch(
                                settings.installation(),
                                data,
                                settings.port(),
                                List.of(settings.host()),
                                socketDirectory,
                                parameters,
                                service.environment(),
                                log)));
        receiving.started();
    }

    @Override
    public Position stop(Duration deadline) {
        server.stop(deadline);
        ControlData control = data.controlData();
        if (!control.state().isCleanlyStopped()) {
            // it died on the way: what it acknowledged last may lie past its last checkpoint
            throw new PostgresException(
                    "PostgreSQL ended, but not in order: its control file says " + control.state(),
                    "look at " + log);
        }
        // the shutdown checkpoint is the last record: whoever has flushed past its start holds all
        // that was acknowledged
        return new Position(observer.history(control.checkpointTimeline()), control.checkpoint());
    }

    @Override
    public Position cut() {
        try {
            receiving.cut();
        } catch (PostgresException e) {
            kill();
            throw e;
        }
        return server.await(
                "reading local WAL to its end",
                POSITION_DEADLINE,
                () -> queries.flushedEnd().map(observer::position));
    }

    @Override
    public void follow(Upstream upstream) {
        mark.follows(upstream.highest());
        receiving.follow(upstream);
    }

    @Override
    public void catchUp(Upstream source) {
        mark.follows(source.highest());
        receiving.catchUp(source);
    }

    @Override
    public TimelineHistory promote(
            TimelineId granted, InForce first, Epoch epoch, Runnable advanced) {
        return promotion.promote(granted, first, epoch, advanced);
    }

    @Override
    public void open() {
        files.writeAccess(true);
        server.reload();
    }

    @Override
    public Lsn enforce(InForce next, Epoch epoch) {
        return enforcement.enforce(next, epoch);
    }

    @Override
    public boolean isEnforced(InForce now, Epoch epoch) {
        return queries.synchronousNames().equals(ServerFiles.text(now, epoch));
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
    public void keepRoles(Epoch epoch) {
        upkeep.keepRoles(epoch);
    }

    @Override
    public void checkpoint() {
        queries.checkpoint();
    }

    @Override
    public CompletableFuture<Void> beginCheckpoint() {
        return promptCheckpoint.begin();
    }

    @Override
    public void rejoin(Upstream leader, CopySources sources) {
        identity.forget();
        stopAnyhow();
        cloning.rejoin(leader, sources);
    }

    @Override
    public void copy(Upstream leader, CopySources sources) {
        identity.forget();
        stopAnyhow();
        cloning.copy(leader, sources);
    }

    private void stopAnyhow() {
        try {
            if (server.isRunning()) {
                stop(Duration.ofSeconds(10));
            }
        } catch (RuntimeException e) {
            LOG.info("PostgreSQL does not stop in order, ending it: {}", e.getMessage());
        }
        server.killWithTools();
    }

    @Override
    public boolean canCatchUp(Upstream upstream, Position from) {
        return keepsWalFrom(upstream, from.lsn());
    }

    @Override
    public boolean canBecomeConsistent(Upstream upstream) {
        // a rewind has copied what the source had, and noted its end as this
        Lsn end = data.controlData().minRecoveryPoint();
        return end.equals(Lsn.ZERO) || keepsWalFrom(upstream, end);
    }

    private boolean keepsWalFrom(Upstream upstream, Lsn from) {
        try (ReplicationConnection replication =
                ReplicationConnection.open(replicationSettings(upstream))) {
            return replication
                    .readSlot(new SqlIdentifier(settings.self().slotName()))
                    .flatMap(slot -> slot.restartLsn())
                    .map(restart -> from.isAtLeast(restart))
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
        return cloning.replicationSettings(upstream);
    }

    @Override
    public void configure(
            SortedMap<String, String> parameters, List<String> access, boolean others) {
        followed = others;
        files.configure(parameters, access);
        heldBack = files.held();
        if (server.isRunning()) {
            files.rewrite();
            server.reload();
        }
    }

    /// Checks settings before the cluster agrees on them. The result is thread-safe.
    public SettingsCheck settingsCheck() {
        return settingsCheck;
    }

    /// Lets go of the server, which runs on.
    @Override
    public void close() {
        queries.close();
    }
}

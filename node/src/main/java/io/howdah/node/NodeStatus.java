package io.howdah.node;

import io.howdah.cluster.agent.Act;
import io.howdah.cluster.agent.Agent;
import io.howdah.cluster.agent.AgentReport;
import io.howdah.cluster.election.Election;
import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.ManagedPostgres;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.consensus.Store;
import io.howdah.node.api.ActionOutcome;
import io.howdah.node.api.AdoptRequest;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.FailoverRequest;
import io.howdah.node.api.HistoryRow;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import io.howdah.node.api.MetricsPage;
import io.howdah.node.api.NodeDetails;
import io.howdah.node.api.NodeView;
import io.howdah.node.api.Operations;
import io.howdah.node.api.ReinitializeRequest;
import io.howdah.node.api.RemoveRequest;
import io.howdah.node.api.Replication;
import io.howdah.node.api.RestartRequest;
import io.howdah.node.api.SwitchoverRequest;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.backup.BackupsReport;
import io.howdah.node.backup.DrillFile;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What the API tells of this node, read from memory. Thread-safe.
final class NodeStatus implements NodeView {

    /// The parts that a node with PostgreSQL has and a witness has not.
    record Postgres(
            Agent agent,
            ManagedPostgres server,
            LocalChanges changes,
            LocalAdoption adoption,
            PostgresVersion version) {}

    /// What `postgresBuild` says of the PostgreSQL that comes with Howdah.
    private static final String EMBEDDED = "embedded";

    private final NodeConfiguration configuration;
    private final NodeName name;
    private final String version;
    private final Store<ClusterState, Command> store;
    private final ClusterChanges changes;
    private final Operations operations;
    private final AgreedMembers members;
    private final MembershipChanges membership;
    private final BootClock clock;
    private final @Nullable Postgres postgres;
    private final Supplier<@Nullable String> proxy;
    private final BooleanSupplier writesStopped;
    private final @Nullable KeyMaterial keys;
    private final NodeMetrics metrics;
    private final @Nullable RecentVitals vitals;

    NodeStatus(
            NodeConfiguration configuration,
            String version,
            Store<ClusterState, Command> store,
            ClusterChanges changes,
            MembershipChanges membership,
            BootClock clock,
            Supplier<@Nullable String> proxy,
            @Nullable KeyMaterial keys,
            @Nullable Postgres postgres) {
        this.proxy = proxy;
        this.keys = keys;
        this.writesStopped = PostgresOfNode.writesStopped(configuration);
        this.configuration = configuration;
        this.name = new NodeName(configuration.node());
        this.version = version;
        this.store = store;
        this.changes = changes;
        this.operations =
                new ClusterOperations(
                        store,
                        new ConfigVerbs(
                                store,
                                postgres == null ? null : postgres.server().settingsCheck()));
        this.members = new AgreedMembers(configuration);
        this.membership = membership;
        this.clock = clock;
        this.postgres = postgres;
        this.vitals = postgres == null ? null : new RecentVitals(postgres.server(), clock);
        this.metrics =
                new NodeMetrics(
                        this,
                        store,
                        postgres == null ? null : postgres.agent(),
                        postgres == null ? null : postgres.server(),
                        configuration.directory(),
                        writesStopped,
                        keys);
    }

    @Override
    public MemberStatus self() {
        Postgres own = postgres;
        MemberStatus self =
                own == null
                        ? witness()
                        : member(own)
                                .withApplied(OperationsView.applied(store.seen().state(), own));
        return self.withCutOff(store.leader().isEmpty());
    }

    private MemberStatus witness() {
        return new MemberStatus(
                name.value(),
                MemberRole.WITNESS,
                MemberState.RUNNING,
                false,
                null,
                null,
                null,
                null,
                null,
                null,
                configuration.apiUrl(configuration.self()),
                ProcessHandle.current().pid(),
                null,
                version,
                null,
                null,
                tags(),
                store.leader().isPresent() ? certificateNote() : leaderless());
    }

    /// Without handshakes nobody agrees on anything.
    private String leaderless() {
        String certificate = certificateNote();
        return certificate == null ? store.status() : store.status() + "; " + certificate;
    }

    /// From when it should have been renewed; null before.
    private @Nullable String certificateNote() {
        KeyMaterial own = keys;
        return own == null ? null : own.complaint(Instant.now()).orElse(null);
    }

    private MemberStatus member(Postgres own) {
        AgentReport report = own.agent().report();
        LocalStatus local = report.status();
        boolean primary = local instanceof LocalStatus.Primary;
        Position position = position(local);
        Lsn replayed =
                local instanceof LocalStatus.Standby standby && position != null
                        ? new Lsn(position.lsn().value() - standby.replayLagBytes())
                        : null;
        OptionalLong pid = own.server().pid();
        return new MemberStatus(
                name.value(),
                primary ? MemberRole.PRIMARY : MemberRole.REPLICA,
                state(report, local),
                AgreedMembers.isSynchronous(store.seen().state(), name),
                position == null ? null : position.history().current(),
                position == null ? null : position.lsn(),
                replayed,
                primary ? Long.valueOf(0) : lagBytes(own, position),
                address(configuration.self()),
                proxy.get(),
                configuration.apiUrl(configuration.self()),
                ProcessHandle.current().pid(),
                pid.isPresent() ? pid.getAsLong() : null,
                version,
                own.version().toString(),
                own.server().isEmbedded() ? EMBEDDED : null,
                tags(),
                note(own, report));
    }

    /// Behind what the primary's sender said last that the primary has written; null while nothing
    /// was ever heard of it. Where members are asked live, a fresher figure takes its place.
    private static @Nullable Long lagBytes(Postgres own, @Nullable Position position) {
        Optional<Lsn> leaderEnd = own.server().leaderEnd();
        return position == null || leaderEnd.isEmpty()
                ? null
                : Long.valueOf(Math.max(0, leaderEnd.get().bytesSince(position.lsn())));
    }

    private @Nullable String note(Postgres own, AgentReport report) {
        if (!report.problem().isEmpty()) {
            return report.problem();
        }
        if (store.leader().isEmpty()) {
            return leaderless();
        }
        if (report.status() instanceof LocalStatus.Primary && writesStopped.getAsBoolean()) {
            return "writes are refused: almost as much WAL waits for the archive as"
                    + " max_slot_wal_keep_size allows\nHINT: see that every repository answers;"
                    + " backup/backup-worker.log in the node's directory says what is wrong. Writes"
                    + " go on by themselves.";
        }
        Optional<String> problem = archiveProblem();
        if (report.status() instanceof LocalStatus.Primary && problem.isPresent()) {
            return "WAL is not archived: " + problem.get().lines().findFirst().orElse("");
        }
        String certificate = certificateNote();
        if (certificate != null) {
            return certificate;
        }
        return own.server()
                .copying()
                .map(copy ->
                        "copied %d of %d MB from %s"
                                .formatted(
                                        copy.doneBytes() >> 20,
                                        copy.totalBytes() >> 20,
                                        copy.from()))
                .orElse(null);
    }

    /// What the worker beside this node says.
    private Optional<String> archiveProblem() {
        return configuration.backup() == null
                ? Optional.empty()
                : BackupsReport.read(configuration.directory()).map(BackupsReport::archiveProblem);
    }

    private static @Nullable Position position(@Nullable LocalStatus local) {
        if (local instanceof LocalStatus.Primary primary) {
            return primary.position();
        }
        return local instanceof LocalStatus.Standby standby
                ? standby.position().orElse(null)
                : null;
    }

    private static MemberState state(AgentReport report, @Nullable LocalStatus local) {
        MemberState doing = doing(report.act());
        if (doing != null) {
            return doing;
        }
        return switch (local) {
            case null -> MemberState.STARTING;
            case LocalStatus.Absent absent -> MemberState.WAITING;
            case LocalStatus.Unusable unusable -> MemberState.STOPPED;
            case LocalStatus.Stopped stopped -> MemberState.STOPPED;
            case LocalStatus.Silent silent -> MemberState.STARTING;
            case LocalStatus.Standby standby ->
                    standby.receiving() ? MemberState.RUNNING : MemberState.WAITING;
            case LocalStatus.Primary primary ->
                    primary.open() ? MemberState.RUNNING : MemberState.STARTING;
        };
    }

    private static @Nullable MemberState doing(@Nullable Act act) {
        return switch (act) {
            case Act.Initialise initialise -> MemberState.INITIALIZING;
            case Act.Adopt adopt -> MemberState.STOPPING;
            case Act.TakeIn takeIn -> MemberState.STOPPING;
            case Act.Copy copy -> MemberState.COPYING;
            case Act.Rejoin rejoin -> MemberState.REWINDING;
            case Act.Promote promote -> MemberState.PROMOTING;
            case Act.StartStandby start -> MemberState.STARTING;
            case Act.StartPrimary start -> MemberState.STARTING;
            case Act.HandOver handOver -> MemberState.STOPPING;
            case Act.Restart restart -> MemberState.STOPPING;
            case Act.Refuse refuse -> MemberState.STOPPED;
            case null, default -> null;
        };
    }

    private @Nullable MemberTags tags() {
        return new MemberTags(
                configuration.tags().nofailover(),
                configuration.tags().failoverPriority(),
                configuration.tags().zone(),
                configuration.tags().noloadbalance(),
                configuration.tags().nosync(),
                configuration.tags().clonefrom());
    }

    private static @Nullable String address(NodeAddress address) {
        Integer port = address.postgresPort();
        return port == null ? null : address.bracketedHost() + ":" + port;
    }

    @Override
    public LeadershipReport leadership() {
        ClusterState state = store.seen().state();
        return LeadershipView.of(
                configuration.cluster(),
                name.value(),
                state,
                store.leader().isPresent(),
                members.of(state, store.peers()).stream().map(MemberStatus::api).toList(),
                proxy.get());
    }

    /// The same for who shares this machine's boot clock: with how long this node may lead.
    LeadershipReport leadershipHere() {
        Postgres own = postgres;
        long left = own == null ? 0 : own.agent().leaseRemainingNanos();
        return left > 0 ? leadership().leadingUntil(clock.nanos() + left) : leadership();
    }

    @Override
    public Replication replication() {
        Postgres own = postgres;
        return own != null && own.agent().report().status() instanceof LocalStatus.Standby standby
                ? standby.receiving() ? Replication.STREAMING : Replication.CUT_OFF
                : Replication.NONE;
    }

    @Override
    public ClusterStatus cluster() {
        ClusterState state = store.seen().state();
        List<MemberStatus> members = this.members.of(state, store.peers());
        // without a majority nobody can tell whether the last holder still leads
        String leader =
                store.leader().isEmpty()
                        ? null
                        : state.held().map(held -> held.node().value()).orElse(null);
        Optional<BackupsReport> backups =
                configuration.backup() == null
                        ? Optional.empty()
                        : BackupsReport.read(configuration.directory());
        return new ClusterStatus(
                        configuration.cluster(),
                        state.epoch().value(),
                        leader,
                        state.paused() != null,
                        members,
                        hint(state))
                .withOperations(
                        OperationsView.pause(state),
                        OperationsView.scheduled(state),
                        OperationsView.configVersion(state))
                .withRepositories(
                        configuration.backup() == null
                                ? null
                                : DrillFile.read(configuration.directory()).orElse(null),
                        backups.map(BackupsReport::running).orElse(null),
                        backups.map(BackupsReport::archiveProblem).orElse(null));
    }

    /// What keeps the cluster from having a primary.
    private @Nullable String hint(ClusterState state) {
        if (store.leader().isEmpty()) {
            return "the nodes cannot agree: " + store.status();
        }
        if (!(state.lease() instanceof Lease.Vacant) || state.systemId() == null) {
            return null;
        }
        String why = Election.of(state).why();
        return why.isEmpty() ? null : "no primary: " + why;
    }

    @Override
    public List<HistoryRow> history() {
        return store.seen().state().history().stream()
                .map(entry ->
                        new HistoryRow(
                                entry.epoch().value(),
                                entry.timeline(),
                                entry.switchLsn(),
                                entry.leader().value(),
                                entry.reason(),
                                Instant.ofEpochMilli(entry.atMillis()),
                                entry.outageMillis(),
                                OperationsView.forced(entry)))
                .toList();
    }

    @Override
    public MetricsPage metrics(String accept) {
        return metrics.page(accept);
    }

    @Override
    public NodeDetails details() {
        RecentVitals recent = vitals;
        return MonitoringView.of(
                store,
                recent == null ? Optional.empty() : recent.get(),
                System.currentTimeMillis());
    }

    @Override
    public String introduction() {
        return HttpIntroductions.write(store.introduction());
    }

    @Override
    public long loopAgeMillis() {
        Postgres own = postgres;
        return own == null
                ? 0
                : Math.max(0, (clock.nanos() - own.agent().report().lookedAtNanos()) / 1_000_000);
    }

    @Override
    public long leaseMillis() {
        return configuration.lease().toMillis();
    }

    @Override
    public boolean holdsLease() {
        Postgres own = postgres;
        return own != null && own.agent().heldEpoch().isPresent();
    }

    @Override
    public Operations operations() {
        return operations;
    }

    @Override
    public ActionOutcome switchover(SwitchoverRequest request) {
        return changes.switchover(request);
    }

    @Override
    public ActionOutcome remove(RemoveRequest request) {
        return membership.remove(request);
    }

    @Override
    public ActionOutcome leave(RemoveRequest request) {
        return membership.leave(request);
    }

    @Override
    public ActionOutcome failover(FailoverRequest request) {
        return changes.failover(request);
    }

    @Override
    public ActionOutcome restart(RestartRequest request) {
        Postgres own = postgres;
        return own == null ? noPostgres() : own.changes().restart(request);
    }

    @Override
    public ActionOutcome reinitialize(ReinitializeRequest request) {
        Postgres own = postgres;
        return own == null ? noPostgres() : own.changes().reinitialize(request);
    }

    @Override
    public ActionOutcome adopt(AdoptRequest request) {
        Postgres own = postgres;
        return own == null ? noPostgres() : own.adoption().adopt(request);
    }

    private ActionOutcome noPostgres() {
        return ActionOutcome.wrong(
                name + " is a witness and has no PostgreSQL", "name another member");
    }
}

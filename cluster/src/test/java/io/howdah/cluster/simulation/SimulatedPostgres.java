package io.howdah.cluster.simulation;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.member.CopySources;
import io.howdah.cluster.member.Follower;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;

/// What an agent can do to a simulated PostgreSQL, step by step as `ManagedPostgres` does it: an
/// agent can be killed, and its server can die, between any two steps.
class SimulatedPostgres implements LocalPostgres {

    private final Cluster cluster;
    private final World world;
    private final Host host;
    private final Disk disk;
    private final AgentProcess process;
    private final OwnServer own;
    private final SimulatedNames names;
    private final SimulatedFollowing following;
    private final SimulatedCloning cloning;
    private final SimulatedAdoption adoption;
    private final SimulatedStarts starts;
    private final SimulatedLook look;

    SimulatedPostgres(Cluster cluster, Host host, AgentProcess process) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.host = host;
        this.disk = host.disk();
        this.process = process;
        this.own = new OwnServer(cluster, host, process);
        this.names = new SimulatedNames(own);
        this.following = new SimulatedFollowing(own);
        this.cloning = new SimulatedCloning(own);
        this.adoption = new SimulatedAdoption(own);
        this.starts = new SimulatedStarts(own, names, following);
        this.look = new SimulatedLook(own, starts);
    }

    Host host() {
        return host;
    }

    Cluster cluster() {
        return cluster;
    }

    @Override
    public LocalStatus status() {
        return look.status();
    }

    @Override
    public Optional<TimelineId> strayedFrom() {
        Disk.Data data = disk.data;
        return data == null || own.isWithout(Mutation.STANDBY_MARK)
                ? Optional.empty()
                : data.mark.strayedFrom();
    }

    @Override
    public String collations() {
        return cluster.node(host).collations();
    }

    @Override
    public void kill() {
        starts.kill();
    }

    @Override
    public void initialise() {
        own.takes(200 * World.MILLI, 900 * World.MILLI);
        Branch first = new Branch(TimelineId.FIRST, Wal.BEGIN);
        Disk.Data fresh =
                new Disk.Data(
                        new SystemId(world.between(1, 1L << 40)),
                        own.freshIncarnation(),
                        host.name(),
                        Wal.beginning(first));
        fresh.initialisedHere = true;
        fresh.cleanlyStopped = true;
        disk.data = fresh;
        own.takes(World.MILLI, 5 * World.MILLI);
    }

    @Override
    public boolean isInitialisedHere() {
        process.checkAlive();
        Disk.Data data = disk.data;
        return data != null && data.initialisedHere;
    }

    @Override
    public void discardInitialised() {
        kill();
        if (!own.data().initialisedHere) {
            throw new IllegalStateException("was not initialised here");
        }
        disk.data = null;
    }

    @Override
    public void initialisationAnnounced() {
        process.checkAlive();
        own.data().initialisedHere = false;
    }

    @Override
    public Optional<AdoptionOrder> ordered() {
        return Optional.ofNullable(disk.order);
    }

    @Override
    public Position stopFormer(AdoptionOrder order) {
        return adoption.stopFormer(order);
    }

    @Override
    public void takeIn(AdoptionOrder order) {
        adoption.takeIn(order);
    }

    @Override
    public void forgetOrder() {
        disk.order = null;
    }

    @Override
    public void startStandby(Optional<Upstream> rewoundTo) {
        starts.startStandby(rewoundTo);
    }

    @Override
    public void startPrimary() {
        starts.startPrimary();
    }

    @Override
    public Position stop(Duration deadline) {
        return starts.stop(deadline);
    }

    @Override
    public Position cut() {
        return following.cut();
    }

    @Override
    public void catchUp(Upstream source) {
        following.catchUp(source);
    }

    @Override
    public void follow(Upstream upstream) {
        following.follow(upstream);
    }

    @Override
    public TimelineHistory promote(
            TimelineId granted, InForce first, Epoch epoch, Runnable advanced) {
        try {
            own.data().mark.promotes(granted);
            starts.isStandbyNoMore();
            return names.promote(granted, first, epoch);
        } catch (RuntimeException e) {
            kill();
            names.removePlantedInVain();
            throw e;
        }
    }

    @Override
    public void open() {
        own.takes(World.MILLI / 5, 2 * World.MILLI);
        disk.open = true;
        own.running().reload();
    }

    @Override
    public Lsn enforce(InForce next, Epoch epoch) {
        return names.enforce(next, epoch);
    }

    @Override
    public boolean isEnforced(InForce now, Epoch epoch) {
        return true;
    }

    @Override
    public List<Follower> followers() {
        return own.answering().sending().followers();
    }

    @Override
    public void keepSlots(Set<NodeName> members, boolean primary) {
        own.answering();
        own.data().slots.addAll(members);
        host.makeLostSlotsAnew();
    }

    @Override
    public void configure(
            SortedMap<String, String> parameters, List<String> access, boolean others) {
        process.checkAlive();
    }

    @Override
    public void keepRoles(Epoch epoch) {
        process.checkAlive();
    }

    @Override
    public void checkpoint() {
        own.answering().commits().checkpoint();
        if (world.chance(0.05)) {
            own.takes(9 * World.SECOND, 14 * World.SECOND);
        } else {
            own.takes(2 * World.MILLI, 80 * World.MILLI);
        }
    }

    @Override
    public CompletableFuture<Void> beginCheckpoint() {
        ServerProcess server = own.answering();
        var written = new CompletableFuture<Void>();
        server.in(
                world.chance(0.05)
                        ? world.between(9 * World.SECOND, 14 * World.SECOND)
                        : world.between(2 * World.MILLI, 80 * World.MILLI),
                () -> {
                    server.commits().checkpoint();
                    written.complete(null);
                });
        return written;
    }

    @Override
    public void rejoin(Upstream upstream, CopySources sources) {
        starts.stopAnyhow();
        boolean rewound = !own.data().interrupted && world.chance(0.6) && cloning.rewind(upstream);
        if (!rewound) {
            cloning.copy(upstream, sources);
        }
    }

    @Override
    public void copy(Upstream upstream, CopySources sources) {
        starts.stopAnyhow();
        cloning.copy(upstream, sources);
    }

    @Override
    public boolean canCatchUp(Upstream upstream, Position from) {
        return following.canCatchUp(upstream, from);
    }

    @Override
    public boolean canBecomeConsistent(Upstream upstream) {
        return following.canBecomeConsistent(upstream);
    }

    @Override
    public FlushProbe flushProbe(Upstream member) {
        return following.flushProbe(member);
    }
}

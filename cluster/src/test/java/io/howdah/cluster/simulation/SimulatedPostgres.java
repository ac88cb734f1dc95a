package io.howdah.cluster.simulation;

import io.howdah.cluster.adoption.AdoptionOrder;
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
    private long kills;
    private boolean standbyOfOurs;

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
    }

    Host host() {
        return host;
    }

    Cluster cluster() {
        return cluster;
    }

    @Override
    public LocalStatus status() {
        process.checkAlive();
        cluster.looked(host);
        Disk.Data data = disk.data;
        ServerProcess server = host.server();
        boolean postmaster = server != null && server.hasPostmaster();
        if (data != null && data.former) {
            return new LocalStatus.Unusable("not adopted", Optional.of(data.systemId));
        }
        if (data != null && postmaster && server.isForeign) {
            return new LocalStatus.Stopped(
                    data.systemId, data.incarnation, true, Optional.empty());
        }
        if (data != null && !data.holder.equals(host.name())) {
            data.holder = host.name();
            data.incarnation = own.freshIncarnation();
        }
        if (data == null || (data.interrupted && !postmaster)) {
            return new LocalStatus.Absent();
        }
        if (server == null || !postmaster) {
            standbyOfOurs = false;
            boolean leftovers = hasLeftovers() && cluster.mutation() != Mutation.DEAD_MEANS_DEAD;
            return new LocalStatus.Stopped(
                    data.systemId,
                    data.incarnation,
                    leftovers,
                    Optional.ofNullable(data.rewoundFor));
        }
        if (!server.gate().isOpen()) {
            process.takes(World.SECOND);
        }
        if (!server.answers()) {
            return new LocalStatus.Silent(
                    data.systemId,
                    data.incarnation,
                    "no answer",
                    !standbyOfOurs && data.inProduction,
                    Optional.ofNullable(data.rewoundFor));
        }
        if (server.mode() == ServerProcess.Mode.PRIMARY) {
            return new LocalStatus.Primary(
                    data.systemId, data.incarnation, data.wal.position(), disk.open);
        }
        data.rewoundFor = null;
        return new LocalStatus.Standby(
                data.systemId,
                data.incarnation,
                server.receiving().isLocalWalRead()
                        ? Optional.of(data.wal.position())
                        : Optional.empty(),
                Optional.ofNullable(disk.service).map(service -> service.epoch()),
                server.receiving().isReceiving(),
                0);
    }

    private boolean hasLeftovers() {
        ServerProcess server = host.server();
        return server != null && !server.isGone();
    }

    @Override
    public void kill() {
        kills++;
        own.takes(World.MILLI / 2, 10 * World.MILLI);
        ServerProcess server = host.server();
        if (server != null) {
            if (cluster.mutation() == Mutation.DEAD_MEANS_DEAD) {
                server.postmasterDies();
            } else {
                server.end(true);
            }
        }
        own.takes(World.MILLI / 10, 2 * World.MILLI);
    }

    @Override
    public void initialise() {
        own.takes(200 * World.MILLI, 900 * World.MILLI);
        Branch first = new Branch(TimelineId.FIRST, 0x1000000);
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
        if (rewoundTo.isPresent()) {
            following.fill(rewoundTo.get());
        } else {
            disk.service = null;
        }
        names.begin(true);
        launch(true);
        standbyOfOurs = true;
    }

    private void launch(boolean standby) {
        own.takes(5 * World.MILLI, 60 * World.MILLI);
        own.data();
        host.start(standby);
    }

    @Override
    public void startPrimary() {
        disk.service = null;
        names.begin(cluster.mutation() == Mutation.RESTART_RULE);
        long killsBefore = kills;
        launch(false);
        while (true) {
            ServerProcess started = host.server();
            if (kills != killsBefore || started == null || !started.hasPostmaster()) {
                kill();
                throw new IllegalStateException("PostgreSQL was ended while it started");
            }
            if (started.answers()) {
                return;
            }
            process.takes(20 * World.MILLI);
        }
    }

    @Override
    public Position stop(Duration deadline) {
        ServerProcess server = host.server();
        if (server != null && server.hasPostmaster()) {
            if (!server.isStopping()) {
                server.shutDown(() -> {});
            }
            long end = world.now() + deadline.toNanos();
            while (!server.isGone()) {
                if (world.now() > end) {
                    throw new IllegalStateException("PostgreSQL did not stop in time");
                }
                own.rests();
            }
        }
        if (hasLeftovers()) {
            kill();
        }
        Disk.Data data = own.data();
        if (!data.cleanlyStopped) {
            throw new IllegalStateException("PostgreSQL ended, but not in order");
        }
        return new Position(data.wal.history(), new Lsn(data.checkpoint));
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
    public TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch) {
        try {
            standbyOfOurs = false;
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
        own.takes(2 * World.MILLI, 80 * World.MILLI);
    }

    @Override
    public void beginCheckpoint() {
        process.checkAlive();
    }

    private void stopAnyhow() {
        try {
            ServerProcess server = host.server();
            if (server != null && server.hasPostmaster()) {
                stop(Duration.ofSeconds(10));
            }
        } catch (IllegalStateException e) {
            host.trace("does not stop in order: " + e.getMessage());
        }
        kill();
    }
    @Override
    public void rejoin(Upstream upstream, List<Upstream> sources) {
        stopAnyhow();
        if (!own.data().interrupted && world.chance(0.6) && cloning.rewind(upstream)) {
            return;
        }
        cloning.copy(upstream, sources);
    }

    @Override
    public void copy(Upstream upstream, List<Upstream> sources) {
        stopAnyhow();
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

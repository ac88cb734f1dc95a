package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
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

    private static final long POLL = 2 * World.MILLI;

    private final Cluster cluster;
    private final World world;
    private final Host host;
    private final Disk disk;
    private final AgentProcess process;
    private InForce current = new InForce.Unknown();
    private long kills;
    private boolean standbyOfOurs;

    SimulatedPostgres(Cluster cluster, Host host, AgentProcess process) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.host = host;
        this.disk = host.disk();
        this.process = process;
    }

    Host host() {
        return host;
    }

    Cluster cluster() {
        return cluster;
    }

    private void takes(long low, long high) {
        process.takes(world.between(low, high) * (disk.slow ? 5 : 1));
    }

    private Disk.Data data() {
        Disk.Data there = disk.data;
        if (there == null) {
            throw new IllegalStateException("there is no data directory");
        }
        return there;
    }

    private ServerProcess running() {
        ServerProcess server = host.server();
        if (server == null || !server.hasPostmaster()) {
            throw new IllegalStateException("PostgreSQL has ended");
        }
        return server;
    }

    /// It runs and answers within the time that a query may take.
    private ServerProcess answering() {
        ServerProcess server = running();
        if (!server.gate().isOpen()) {
            process.takes(World.SECOND);
        }
        server = running();
        if (!server.answers()) {
            throw new IllegalStateException("PostgreSQL does not answer");
        }
        return server;
    }

    @Override
    public LocalStatus status() {
        process.checkAlive();
        cluster.looked(host);
        Disk.Data data = disk.data;
        ServerProcess server = host.server();
        boolean postmaster = server != null && server.hasPostmaster();
        if (data != null && !data.holder.equals(host.name())) {
            data.holder = host.name();
            data.incarnation = freshIncarnation();
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
        takes(World.MILLI / 2, 10 * World.MILLI);
        ServerProcess server = host.server();
        if (server != null) {
            if (cluster.mutation() == Mutation.DEAD_MEANS_DEAD) {
                server.postmasterDies();
            } else {
                server.end(true);
            }
        }
        takes(World.MILLI / 10, 2 * World.MILLI);
    }

    @Override
    public void initialise() {
        takes(200 * World.MILLI, 900 * World.MILLI);
        Branch first = new Branch(TimelineId.FIRST, 0x1000000);
        Disk.Data fresh =
                new Disk.Data(
                        new SystemId(world.between(1, 1L << 40)),
                        freshIncarnation(),
                        host.name(),
                        Wal.beginning(first));
        fresh.initialisedHere = true;
        fresh.cleanlyStopped = true;
        disk.data = fresh;
        takes(World.MILLI, 5 * World.MILLI);
    }

    Incarnation freshIncarnation() {
        return new Incarnation("%08x".formatted((int) world.between(0, 0xffff_ffffL)));
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
        if (!data().initialisedHere) {
            throw new IllegalStateException("was not initialised here");
        }
        disk.data = null;
    }

    @Override
    public void initialisationAnnounced() {
        process.checkAlive();
        data().initialisedHere = false;
    }

    @Override
    public void startStandby(Optional<Upstream> rewoundTo) {
        if (rewoundTo.isPresent()) {
            fill(rewoundTo.get());
        } else {
            disk.service = null;
        }
        takes(World.MILLI / 2, 5 * World.MILLI);
        disk.names = new InForce.Nobody();
        disk.namesEpoch = Epoch.NONE;
        disk.open = true;
        current = new InForce.Nobody();
        launch(true);
        standbyOfOurs = true;
    }

    private void launch(boolean standby) {
        takes(5 * World.MILLI, 60 * World.MILLI);
        data();
        host.start(standby);
    }

    @Override
    public void startPrimary() {
        disk.service = null;
        takes(World.MILLI / 2, 5 * World.MILLI);
        disk.names = new InForce.Nobody();
        disk.namesEpoch = Epoch.NONE;
        disk.open = cluster.mutation() == Mutation.RESTART_RULE;
        current = new InForce.Nobody();
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
                process.takes(POLL);
            }
        }
        if (hasLeftovers()) {
            kill();
        }
        Disk.Data data = data();
        if (!data.cleanlyStopped) {
            throw new IllegalStateException("PostgreSQL ended, but not in order");
        }
        return new Position(data.wal.history(), new Lsn(data.checkpoint));
    }

    @Override
    public Position cut() {
        boolean weak = host.hasWeakCut();
        disk.service = null;
        takes(World.MILLI / 2, 4 * World.MILLI);
        ServerProcess server = running();
        if (!weak || server.receiving().hasReceiverProcess()) {
            server.receiving().endReceiver();
        }
        takes(World.MILLI / 10, 10 * World.MILLI);
        long end = world.now() + 30 * World.SECOND;
        while (true) {
            server = running();
            if (server.answers()
                    && server.mode() == ServerProcess.Mode.STANDBY
                    && server.receiving().isLocalWalRead()) {
                return data().wal.position();
            }
            if (world.now() > end) {
                throw new IllegalStateException("local WAL is not read to its end");
            }
            process.takes(POLL);
        }
    }

    private void fill(Upstream upstream) {
        disk.service =
                new Disk.Service(
                        upstream.leader(),
                        upstream.epoch(),
                        new Follower.StandbyName(host.name(), data().incarnation, upstream.epoch()),
                        false);
    }

    @Override
    public void catchUp(Upstream source) {
        Disk.Service wanted =
                new Disk.Service(
                        source.leader(),
                        source.epoch(),
                        new Follower.StandbyName(host.name(), data().incarnation, source.epoch()),
                        true);
        if (!wanted.equals(disk.service)) {
            disk.service = wanted;
            takes(World.MILLI / 2, 4 * World.MILLI);
            running().receiving().endReceiver();
        }
    }

    @Override
    public void follow(Upstream upstream) {
        fill(upstream);
        takes(World.MILLI / 2, 4 * World.MILLI);
        ServerProcess server = running();
        if (server.receiving().hasReceiverProcess()) {
            server.receiving().endReceiver();
        }
    }

    @Override
    public TimelineHistory promote(TimelineId granted, InForce first, Epoch epoch) {
        try {
            long end = world.now() + 30 * World.SECOND;
            while (!(answering().mode() == ServerProcess.Mode.STANDBY
                    && answering().receiving().isLocalWalRead())) {
                if (world.now() > end) {
                    throw new IllegalStateException("local WAL is not read to its end");
                }
                process.takes(POLL);
            }
            ServerProcess server = answering();
            disk.names = first;
            disk.namesEpoch = epoch;
            server.reload();
            Disk.Data data = data();
            for (long skipped = data.wal.history().current().value() + 1;
                    skipped < granted.value();
                    skipped++) {
                data.histories.add(skipped);
            }
            takes(World.MILLI / 2, 5 * World.MILLI);
            standbyOfOurs = false;
            if (running() != server) {
                throw new IllegalStateException("PostgreSQL has ended");
            }
            server.promote(() -> {});
            end = world.now() + 60 * World.SECOND;
            while (server.mode() != ServerProcess.Mode.PRIMARY) {
                if (running() != server || world.now() > end) {
                    throw new IllegalStateException("PostgreSQL was not promoted");
                }
                process.takes(POLL);
            }
            current = first;
            TimelineHistory history = data.wal.history();
            if (!history.current().equals(granted)) {
                throw new IllegalStateException("promoted, but not to timeline " + granted);
            }
            return history;
        } catch (RuntimeException e) {
            kill();
            removePlantedInVain();
            throw e;
        }
    }

    private void removePlantedInVain() {
        Disk.Data data = data();
        data.histories.removeIf(number -> !data.wal.history().includes(new TimelineId(number)));
    }

    @Override
    public void open() {
        takes(World.MILLI / 5, 2 * World.MILLI);
        disk.open = true;
        running().reload();
    }

    @Override
    public Lsn enforce(InForce next, Epoch epoch) {
        InForce before = current;
        current = new InForce.Unknown();
        ServerProcess server = answering();
        disk.names = next;
        disk.namesEpoch = epoch;
        takes(World.MILLI / 5, 3 * World.MILLI);
        server.reload();
        await("names", () -> server.names.equals(next) && server.namesEpoch.equals(epoch));
        if (next instanceof InForce.Nobody && before.mayNotWait()) {
            await("commits wait", () -> server.commits().doWait());
        }
        if (before.mayAcknowledgeWithout(next)) {
            for (Link old : List.copyOf(server.sending().senders())) {
                server.sending().endSender(old);
            }
            takes(World.MILLI / 10, 5 * World.MILLI);
        }
        Lsn end = new Lsn(answering().wal().end());
        current = next;
        return end;
    }

    private interface Condition {
        boolean holds();
    }

    private void await(String what, Condition condition) {
        long end = world.now() + 10 * World.SECOND;
        while (!condition.holds()) {
            running();
            if (world.now() > end) {
                throw new IllegalStateException(what + " did not come into force");
            }
            process.takes(POLL);
        }
    }

    @Override
    public List<Follower> followers() {
        return answering().sending().followers();
    }

    @Override
    public void keepSlots(Set<NodeName> members, boolean primary) {
        answering();
        data().slots.addAll(members);
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
        answering().commits().checkpoint();
        takes(2 * World.MILLI, 80 * World.MILLI);
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

    /// The leader answers.
    private ServerProcess remote(Upstream upstream) {
        Host leader = host.other(upstream.leader());
        if (!leader.isUp() || !cluster.network().isOpenBothWays(host, leader)) {
            process.takes(world.between(World.SECOND, 5 * World.SECOND));
            throw new IllegalStateException(leader + " does not answer");
        }
        process.takes(2 * cluster.network().delay(host, leader));
        ServerProcess server = leader.server();
        if (server == null || !server.answers()) {
            throw new IllegalStateException(leader + " refuses connections");
        }
        return server;
    }

    private boolean isStillThere(ServerProcess source) {
        return source.answers() && cluster.network().isOpenBothWays(host, source.host());
    }

    @Override
    public void rejoin(Upstream upstream, List<Upstream> sources) {
        stopAnyhow();
        if (!data().interrupted && world.chance(0.6) && rewind(upstream)) {
            return;
        }
        copyFrom(upstream, sources);
    }

    private boolean rewind(Upstream upstream) {
        Disk.Data data = data();
        renewIncarnation(data);
        data.interrupted = true;
        try {
            ServerProcess source = remote(upstream);
            source.commits().checkpoint();
            takes(5 * World.MILLI, 100 * World.MILLI);
            if (source.mode() != ServerProcess.Mode.PRIMARY || !isStillThere(source)) {
                return false;
            }
            TimelineHistory theirs = source.wal().history();
            boolean nothingToDo = theirs.contains(data.wal.history(), new Lsn(data.wal.end()));
            if (!nothingToDo) {
                Wal copied = source.wal().copy();
                takes(50 * World.MILLI, World.SECOND);
                if (!isStillThere(source)) {
                    return false;
                }
                data.wal = copied;
                data.consistentAt = source.wal().end();
                learnHistories(data, source);
            }
        } catch (IllegalStateException e) {
            host.trace("rewind failed: " + e.getMessage());
            return false;
        }
        renewIncarnation(data);
        data.rewoundFor = upstream.epoch();
        data.inProduction = false;
        data.cleanlyStopped = false;
        takes(World.MILLI, 5 * World.MILLI);
        data.interrupted = false;
        host.trace("rewound to " + upstream.leader() + ", " + data.wal);
        return true;
    }

    private void reserveSlot(ServerProcess leader) {
        leader.data().slots.add(host.name());
        leader.host().makeSlotAnew(host);
    }

    private static void learnHistories(Disk.Data data, ServerProcess source) {
        data.histories.clear();
        data.histories.addAll(source.data().histories);
    }

    void renewIncarnation(Disk.Data data) {
        if (cluster.mutation() != Mutation.INCARNATION) {
            data.incarnation = freshIncarnation();
        }
    }

    @Override
    public void copy(Upstream upstream, List<Upstream> sources) {
        stopAnyhow();
        copyFrom(upstream, sources);
    }

    private void copyFrom(Upstream upstream, List<Upstream> sources) {
        ServerProcess leader = remote(upstream);
        reserveSlot(leader);
        ServerProcess source = cluster.copySource(host, leader, sources);
        takes(50 * World.MILLI, 2 * World.SECOND);
        if (!isStillThere(source)) {
            throw new IllegalStateException("the source of the copy died");
        }
        Disk.Data old = disk.data;
        Wal wal = source.wal().copy();
        if (source != leader) {
            wal.truncate(Math.max(source.receiving().replayed(), 0));
        }
        Disk.Data fresh =
                new Disk.Data(
                        source.data().systemId,
                        cluster.mutation() == Mutation.INCARNATION
                                ? cluster.incarnationOnce(host, this::freshIncarnation)
                                : freshIncarnation(),
                        host.name(),
                        wal);
        learnHistories(fresh, source);
        takes(World.MILLI, 20 * World.MILLI);
        disk.data = fresh;
        host.trace("copied " + source.host() + ", " + fresh.wal + (old == null ? "" : ", anew"));
    }

    @Override
    public boolean canCatchUp(Upstream upstream, Position from) {
        return remote(upstream).host().keepsWalFor(host, from.lsn().value());
    }

    @Override
    public boolean canBecomeConsistent(Upstream upstream) {
        return remote(upstream).host().keepsWalFor(host, data().wal.end());
    }

    @Override
    public FlushProbe flushProbe(Upstream member) {
        ServerProcess connected = remote(member);
        return new FlushProbe() {
            @Override
            public Lsn flushed() {
                process.takes(2 * cluster.network().delay(host, connected.host()));
                if (!isStillThere(connected)) {
                    throw new IllegalStateException("connection lost");
                }
                return new Lsn(connected.wal().end());
            }

            @Override
            public void close() {
                process.checkAlive();
            }
        };
    }
}

package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.TimelineId;
import org.jspecify.annotations.Nullable;

/// A running PostgreSQL, from the start of its postmaster until the last of its processes is gone:
/// recovery, promotion, settings that come into force late, and every way to end. What it does
/// takes time, and stops with its host.
final class ServerProcess {

    enum Mode {
        STARTING,
        STANDBY,
        PRIMARY
    }

    private final World world;
    private final Host host;
    private final Disk disk;
    private final Disk.Data data;
    private final Gate gate;
    private Mode mode = Mode.STARTING;
    private boolean postmasterAlive = true;
    private boolean gone;
    private boolean stopping;

    /// Somebody else has started it.
    boolean isForeign;

    // settings: what the postmaster has read, and what the checkpointer has
    InForce names;
    Epoch namesEpoch;
    private boolean open;
    private long reloads;
    private @Nullable Wal orphan;

    private long serial;
    private @Nullable Epoch electedIn;
    private final Commits commits;
    private final WalSending sending;
    private final WalReceiving receiving;

    ServerProcess(World world, Host host, Gate gate, boolean standby) {
        this.world = world;
        this.host = host;
        this.gate = gate;
        this.disk = host.disk();
        Disk.Data there = disk.data;
        if (there == null) {
            throw new IllegalStateException("no data directory");
        }
        this.data = there;
        names = disk.names;
        namesEpoch = disk.namesEpoch;
        commits = new Commits(world, host, this, !(names instanceof InForce.Alone));
        sending = new WalSending(world, host, this);
        receiving = new WalReceiving(world, host, this);
        open = disk.open;
        long recovery = world.between(5 * World.MILLI, 150 * World.MILLI);
        if (world.chance(0.1)) {
            recovery = world.between(150 * World.MILLI, 3 * World.SECOND);
        }
        if (disk.slow) {
            recovery *= 3;
        }
        in(recovery, () -> recovered(standby));
    }

    private void recovered(boolean standby) {
        if (standby) {
            data.inProduction = false;
            data.ranAsPrimary = false;
            data.controlWrites++;
            data.cleanlyStopped = false;
            // what follows the last whole record is not found after a restart
            wal().truncate(wal().lastWholeEnd());
            receiving.recovered();
            if (receiving.replayed() >= data.consistentAt) {
                becomeStandby();
            }
            in(world.between(0, 30 * World.MILLI), receiving::localWalRead);
            return;
        }
        data.cleanlyStopped = false;
        data.inProduction = true;
        begin();
    }

    private void begin() {
        mode = Mode.PRIMARY;
        data.ranAsPrimary = true;
        data.controlWrites++;
        commits.begin();
        Epoch epoch = electedIn;
        serial = epoch == null ? host.judge().nextPrimary() : host.judge().primaryOf(epoch);
        host.trace("PostgreSQL is a primary at " + wal() + ", open " + open);
        if (open) {
            host.opened(this);
        }
        commits.insertOther();
    }

    void becomeStandby() {
        mode = Mode.STANDBY;
        host.trace("PostgreSQL is a standby at " + wal());
    }

    /// Does something later, unless this server is gone by then.
    void in(long nanos, Runnable action) {
        world.in(
                nanos,
                () ->
                        gate.run(() -> {
                            if (!gone) {
                                action.run();
                            }
                        }));
    }

    long diskDelay() {
        return disk.slow
                ? world.between(20 * World.MILLI, 600 * World.MILLI)
                : world.between(200 * World.MICRO, 3 * World.MILLI);
    }

    // ---- what the agent sees

    Mode mode() {
        return mode;
    }

    Host host() {
        return host;
    }

    Disk.Data data() {
        return data;
    }

    Gate gate() {
        return gate;
    }

    boolean isGone() {
        return gone;
    }

    boolean hasPostmaster() {
        return !gone && postmasterAlive;
    }

    boolean answers() {
        return hasPostmaster() && gate.isOpen() && mode != Mode.STARTING && !stopping;
    }

    boolean isOpenPrimary() {
        return answers() && mode == Mode.PRIMARY && open;
    }

    boolean isOpen() {
        return open;
    }

    boolean isStopping() {
        return stopping;
    }

    long serial() {
        return serial;
    }

    Commits commits() {
        return commits;
    }

    WalSending sending() {
        return sending;
    }

    WalReceiving receiving() {
        return receiving;
    }

    Wal wal() {
        Wal own = orphan;
        return own == null ? data.wal : own;
    }

    /// Another postmaster starts beside what is left of this one: what these processes still write
    /// is written over.
    void isLeftBehind() {
        orphan = wal().copy();
    }

    // ---- settings

    /// The postmaster is told to read its files again; each process does so in its own time.
    void reload() {
        long reload = ++reloads;
        long late = world.chance(0.1) ? 300 * World.MILLI : 5 * World.MILLI;
        in(
                world.between(100 * World.MICRO, late),
                () -> {
                    if (reload < reloads || !postmasterAlive) {
                        return;
                    }
                    names = disk.names;
                    namesEpoch = disk.namesEpoch;
                    InForce newNames = names;
                    boolean opens = disk.open && !open;
                    open = disk.open;
                    if (opens && mode == Mode.PRIMARY) {
                        host.trace("open to clients");
                        host.opened(this);
                    }
                    long checkpointerLate = world.chance(0.1) ? 2 * World.SECOND : 10 * World.MILLI;
                    in(
                            world.between(50 * World.MICRO, checkpointerLate),
                            () -> {
                                if (reload == reloads) {
                                    commits.takeWhetherToWait(!(newNames instanceof InForce.Alone));
                                }
                            });
                    Epoch newEpoch = namesEpoch;
                    for (Link link : sending.senders()) {
                        long senderLate = world.chance(0.1) ? World.SECOND : 10 * World.MILLI;
                        in(
                                world.between(50 * World.MICRO, senderLate),
                                () -> {
                                    if (reload == reloads) {
                                        link.names = newNames;
                                        link.namesEpoch = newEpoch;
                                        sending.releaseWaiters(link);
                                    }
                                });
                    }
                });
    }

    // ---- promotion, stop, death

    /// By an operator. Whoever connects to it directly is told nothing by the cluster.
    void promoteByHand() {
        if (electedIn != null) {
            return; // it is being promoted: asked for once more it does nothing else
        }
        open = false;
        // the end of recovery is a record of the new timeline
        promote(commits::writeShutdownCheckpoint);
    }

    /// What it has received it replays first; that may take long.
    private long promotionTakes() {
        return world.chance(0.02)
                ? world.between(8 * World.SECOND, 15 * World.SECOND)
                : world.between(5 * World.MILLI, 80 * World.MILLI);
    }

    /// As the winner of an election.
    void promoteIn(Epoch epoch) {
        electedIn = epoch;
        promote(() -> {});
    }

    /// PostgreSQL takes the lowest number above its own that no history file names.
    private void promote(Runnable done) {
        in(
                promotionTakes(),
                () -> {
                    if (mode != Mode.STANDBY) {
                        return;
                    }
                    receiving.promoted();
                    long next = wal().history().current().value() + 1;
                    while (data.histories.contains(next)) {
                        next++;
                    }
                    sending.endAll();
                    wal().promote(new TimelineId(next));
                    data.histories.add(next);
                    data.inProduction = true;
                    receiving.recovered();
                    begin();
                    done.run();
                });
    }

    /// A fast shutdown. Ends when the standbys have got everything, or never.
    void shutDown(Runnable done) {
        stopping = true;
        commits.forgetWaiting();
        in(
                world.between(2 * World.MILLI, 60 * World.MILLI),
                () -> {
                    if (mode == Mode.PRIMARY) {
                        data.checkpoint = commits.writeShutdownCheckpoint();
                        sending.pumpAll();
                        awaitSenders(done, 0);
                    } else {
                        end(true);
                        done.run();
                    }
                });
    }

    private void awaitSenders(Runnable done, int tries) {
        boolean all =
                sending.senders().stream()
                        .allMatch(link -> !link.streaming || link.flushed >= wal().end());
        if (all || tries > 5_000) {
            data.cleanlyStopped = true;
            data.inProduction = false;
            end(true);
            done.run();
        } else {
            in(2 * World.MILLI, () -> awaitSenders(done, tries + 1));
        }
    }

    /// Somebody kills the postmaster alone. Its children notice, but for backends that are at work.
    void postmasterDies() {
        if (!postmasterAlive) {
            return;
        }
        postmasterAlive = false;
        commits.forgetWaiting();
        sending.endAll();
        receiving.abandoned();
        if (commits.busyBackends() > 0 && world.chance(0.7)) {
            host.trace("the postmaster is dead, " + commits.busyBackends() + " backends live on");
        } else {
            end(true);
        }
        host.serverDied();
    }

    void lastBackendEnds() {
        if (!gone) {
            end(true);
        }
    }

    /// Every process ends.
    ///
    /// @param told whether the other ends of connections hear of it
    void end(boolean told) {
        if (gone) {
            return;
        }
        gone = true;
        postmasterAlive = false;
        if (mode == Mode.PRIMARY) {
            commits.crash(told);
        } else {
            receiving.crash(told);
        }
        commits.forgetWaiting();
        sending.gone(told);
        receiving.gone(told);
        host.ended(this);
    }

    @Override
    public String toString() {
        return mode + (postmasterAlive ? "" : ", postmaster dead") + " at " + wal();
    }
}

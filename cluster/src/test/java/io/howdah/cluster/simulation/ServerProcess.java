package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A running PostgreSQL, from the start of its postmaster until the last of its processes is gone:
/// commits and who they wait for, WAL senders and receivers, replay, promotion, settings that come
/// into force late. What it does takes time, and stops with its host.
final class ServerProcess {

    enum Mode {
        STARTING,
        STANDBY,
        PRIMARY
    }

    /// WAL positions within one segment: a stream begins at the start of a segment.
    private static final long SEGMENT = 16 * 1024;

    private final World world;
    private final Host host;
    private final Disk disk;
    private final Disk.Data data;
    private final Gate gate;
    private Mode mode = Mode.STARTING;
    private boolean postmasterAlive = true;
    private boolean gone;
    private boolean stopping;
    private int busyBackends;

    // settings: what the postmaster has read, and what the checkpointer has
    InForce names;
    Epoch namesEpoch;
    private boolean commitsWait;
    private boolean open;
    private long reloads;
    private @Nullable Wal orphan;

    // as a primary
    private long inserted;
    private boolean flushing;
    private long serial;
    private final List<Pending> pending = new ArrayList<>();
    private final List<Row> visible = new ArrayList<>();
    private int readUpTo;
    private final List<Link> senders = new ArrayList<>();

    // as a standby
    private boolean localWalRead;
    private long replayed;
    private boolean receiverRequested;
    private boolean receiverConnecting;
    private @Nullable Link receiver;
    private final List<Runnable> receivedNotFlushed = new ArrayList<>();
    private long receiverAttempts;

    private record Pending(Row row, Consumer<Boolean> told) {}

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
        commitsWait = !(names instanceof InForce.Alone);
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
            data.cleanlyStopped = false;
            // what follows the last whole record is not found after a restart
            wal().truncate(wal().lastWholeEnd());
            replayed = wal().end();
            if (replayed >= data.consistentAt) {
                becomeStandby();
            }
            in(
                    world.between(0, 30 * World.MILLI),
                    () -> {
                        localWalRead = true;
                        wantReceiver(world.between(0, 20 * World.MILLI));
                    });
            return;
        }
        data.cleanlyStopped = false;
        data.inProduction = true;
        begin();
    }

    private void begin() {
        mode = Mode.PRIMARY;
        inserted = wal().end();
        serial = host.judge().nextPrimary();
        visible.addAll(wal().rows());
        host.trace("PostgreSQL is a primary at " + wal() + ", open " + open);
        if (open) {
            host.opened(this);
        }
        insertOther();
    }

    private void becomeStandby() {
        mode = Mode.STANDBY;
        host.trace("PostgreSQL is a standby at " + wal());
    }

    private void in(long nanos, Runnable action) {
        world.in(
                nanos,
                () ->
                        gate.run(() -> {
                            if (!gone) {
                                action.run();
                            }
                        }));
    }

    private long diskDelay() {
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

    boolean isLocalWalRead() {
        return localWalRead;
    }

    boolean isReceiving() {
        Link link = receiver;
        return link != null && !link.barren;
    }

    boolean hasReceiverProcess() {
        return receiverConnecting || receiver != null;
    }

    long replayed() {
        return replayed;
    }

    long serial() {
        return serial;
    }

    boolean commitsWait() {
        return commitsWait;
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

    List<Link> senders() {
        return senders;
    }

    List<Follower> followers() {
        return senders.stream()
                .filter(link -> !link.catchUp)
                .map(link ->
                        new Follower(
                                link.name,
                                link.streaming,
                                new io.howdah.postgres.Lsn(link.flushed),
                                new io.howdah.postgres.Lsn(link.replayed)))
                .toList();
    }

    /// What may be streamed from here: all that is flushed, on a standby also what is not replayed.
    private long sendable() {
        return wal().end();
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
                                    takeWhetherToWait(!(newNames instanceof InForce.Alone));
                                }
                            });
                    Epoch newEpoch = namesEpoch;
                    for (Link link : senders) {
                        long senderLate = world.chance(0.1) ? World.SECOND : 10 * World.MILLI;
                        in(
                                world.between(50 * World.MICRO, senderLate),
                                () -> {
                                    if (reload == reloads) {
                                        link.names = newNames;
                                        link.namesEpoch = newEpoch;
                                        releaseWaiters(link);
                                    }
                                });
                    }
                });
    }

    private void takeWhetherToWait(boolean wait) {
        commitsWait = wait;
        if (!wait) {
            List<Pending> all = new ArrayList<>(pending);
            pending.clear();
            all.forEach(this::acknowledge);
        }
    }

    // ---- commits

    /// A client inserts a row. It is told once whether that is committed; it may wait for ever.
    void insert(Row row, long workNanos, Consumer<Boolean> told) {
        busyBackends++;
        world.in(
                workNanos,
                () ->
                        gate.run(() -> {
                            busyBackends--;
                            if (gone || stopping || mode != Mode.PRIMARY) {
                                return;
                            }
                            write(row);
                            if (!postmasterAlive) {
                                host.trace(
                                        row
                                                + " is committed by a backend whose postmaster is dead");
                            }
                            flush();
                            afterFlush(row, told);
                            if (!postmasterAlive && busyBackends == 0) {
                                in(World.MILLI, this::lastBackendEnds);
                            }
                        }));
    }

    private void write(@Nullable Row row) {
        long size = world.between(30, 300);
        Branch branch = wal().branch();
        branch.add(new Branch.Entry(inserted, inserted + size, row));
        if (row != null) {
            row.written(branch, inserted, inserted + size);
        }
        inserted += size;
    }

    private void afterFlush(Row row, Consumer<Boolean> told) {
        if (gone || row.branch() == null) {
            return;
        }
        if (wal().end() < row.end()) {
            in(World.MILLI, () -> afterFlush(row, told));
            return;
        }
        Pending waiting = new Pending(row, told);
        if (!commitsWait) {
            acknowledge(waiting);
        } else if (postmasterAlive) {
            // one that is left by its postmaster ends while it waits
            pending.add(waiting);
            for (Link link : List.copyOf(senders)) {
                releaseWaiters(link);
            }
        }
    }

    private void flush() {
        if (flushing) {
            return;
        }
        flushing = true;
        // what is under way to the disk may end inside a record
        long target = world.chance(0.2) ? world.between(wal().end(), inserted) : inserted;
        in(
                diskDelay(),
                () -> {
                    flushing = false;
                    if (target > wal().end()) {
                        wal().flushed(target);
                    }
                    senders.forEach(this::pump);
                    if (inserted > wal().end()) {
                        flush();
                    }
                });
    }

    /// Other records come now and then: checkpoints, running transactions.
    private void insertOther() {
        in(
                world.between(100 * World.MILLI, 3 * World.SECOND),
                () -> {
                    if (mode == Mode.PRIMARY && postmasterAlive && !stopping) {
                        write(null);
                        flush();
                        insertOther();
                    }
                });
    }

    void checkpoint() {
        write(null);
        flush();
    }

    private void acknowledge(Pending commit) {
        visible.add(commit.row);
        host.judge().acknowledged(host, this, commit.row);
        commit.told.accept(true);
    }

    /// A WAL sender has heard of its standby, and lets those commits go that enough have flushed.
    private void releaseWaiters(Link by) {
        if (!by.isListed() || !by.streaming || by.flushed == 0 || !by.senderAlive) {
            return;
        }
        List<Long> flushed = new ArrayList<>();
        for (Link link : senders) {
            if (link.isListed() && link.streaming && link.flushed > 0) {
                flushed.add(link.flushed);
            }
        }
        if (flushed.size() < by.required()) {
            return;
        }
        flushed.sort((a, b) -> Long.compare(b, a));
        long upTo = flushed.get(by.required() - 1);
        Iterator<Pending> waiting = pending.iterator();
        List<Pending> released = new ArrayList<>();
        while (waiting.hasNext()) {
            Pending commit = waiting.next();
            if (commit.row.end() <= upTo) {
                waiting.remove();
                released.add(commit);
            }
        }
        released.forEach(this::acknowledge);
    }

    /// Everything that a client can see now.
    List<Row> newlyRead() {
        List<Row> fresh = List.copyOf(visible.subList(readUpTo, visible.size()));
        readUpTo = visible.size();
        return fresh;
    }

    boolean hasWaitingCommits() {
        return !pending.isEmpty();
    }

    // ---- the receiving end

    private void wantReceiver(long after) {
        if (receiverRequested || receiverConnecting || receiver != null) {
            return;
        }
        receiverRequested = true;
        in(
                after,
                () -> {
                    Disk.Service asked = disk.service;
                    // the postmaster forks it when it comes to it
                    long late =
                            world.chance(0.05)
                                    ? world.between(50 * World.MILLI, 2500 * World.MILLI)
                                    : world.between(100 * World.MICRO, 3 * World.MILLI);
                    in(
                            late,
                            () -> {
                                if (!receiverRequested || !postmasterAlive) {
                                    return;
                                }
                                receiverRequested = false;
                                if (mode == Mode.PRIMARY) {
                                    return;
                                }
                                connect(host.hasWeakCut() ? asked : disk.service);
                            });
                });
    }

    private void connect(Disk.@Nullable Service service) {
        if (service == null) {
            retry();
            return;
        }
        receiverConnecting = true;
        long attempt = ++receiverAttempts;
        Host leader = host.other(service.leader());
        // the connection is made and answered, or times out
        in(
                5 * World.SECOND,
                () -> {
                    if (receiverConnecting && attempt == receiverAttempts) {
                        receiverConnecting = false;
                        retry();
                    }
                });
        host.network()
                .send(
                        host,
                        leader,
                        () ->
                                leader.gateOfServer(server -> {
                                    if (server != null && !server.hasPostmaster()) {
                                        leader.network().send(leader, host, () -> refused(attempt));
                                        return;
                                    }
                                    Link link =
                                            server == null ? null : server.accept(this, service);
                                    if (link == null) {
                                        leader.network()
                                                .send(
                                                        leader,
                                                        host,
                                                        () -> gate.run(() -> refused(attempt)));
                                    } else {
                                        leader.network()
                                                .send(
                                                        leader,
                                                        host,
                                                        link.toDown,
                                                        () ->
                                                                gate.run(() ->
                                                                        connected(link, attempt)));
                                    }
                                }));
    }

    private void refused(long attempt) {
        if (!gone && receiverConnecting && attempt == receiverAttempts) {
            receiverConnecting = false;
            retry();
        }
    }

    private void retry() {
        wantReceiver(world.between(20 * World.MILLI, 120 * World.MILLI));
    }

    /// A standby asks to stream from here. Null: refused.
    private @Nullable Link accept(ServerProcess standby, Disk.Service as) {
        NodeName node = as.as().node();
        if (!answers()
                || host.refusesStreams()
                || !data.slots.contains(node)
                || !host.keepsWalFor(standby.host, standby.wal().end())
                || senders.stream()
                        .anyMatch(link -> link.senderAlive && link.name.node().equals(node))) {
            return null;
        }
        Wal theirs = standby.wal();
        TimelineId timeline = theirs.history().current();
        if (!wal().history().includes(timeline)
                || data.systemId.value() != standby.data.systemId.value()) {
            return null;
        }
        long segment = theirs.end() - theirs.end() % SEGMENT;
        var left = wal().history().endOf(timeline);
        if (left.isPresent() ? segment > left.get().value() : segment > sendable()) {
            return null;
        }
        Link link = new Link(this, standby, as);
        link.sent = theirs.end();
        link.barren = left.isPresent() && theirs.end() > left.get().value();
        senders.add(link);
        return link;
    }

    private void connected(Link link, long attempt) {
        if (!gone && receiverConnecting && attempt == receiverAttempts && !link.senderAlive) {
            refused(attempt);
            return;
        }
        if (gone || !receiverConnecting || attempt != receiverAttempts) {
            closeReceiver(link);
            return;
        }
        receiverConnecting = false;
        receiver = link;
        host.trace(
                "streams from "
                        + link.up.host
                        + " as "
                        + link.name
                        + (link.barren ? ", on a dead branch" : ""));
        // the first thing that a receiver reports as flushed is how far was replayed
        reply(link, replayed);
        if (link.barren) {
            in(world.between(50 * World.MILLI, 500 * World.MILLI), () -> endReceiver());
        }
    }

    private void reply(Link link, long flushed) {
        long replayedNow = replayed;
        host.network()
                .send(
                        host,
                        link.up.host,
                        link.toUp,
                        () -> link.up.gate.run(() -> link.up.heard(link, flushed, replayedNow)));
    }

    private void heard(Link link, long flushed, long replayedThere) {
        if (gone || !link.senderAlive || !postmasterAlive) {
            return;
        }
        link.flushed = Math.max(link.flushed, flushed);
        link.replayed = replayedThere;
        link.sending = false;
        if (link.barren || flushed >= sendable()) {
            link.streaming = true;
        }
        releaseWaiters(link);
        pump(link);
    }

    private void pump(Link link) {
        if (link.sending || link.barren || !link.senderAlive || sendable() <= link.sent) {
            return;
        }
        long target = world.chance(0.3) ? world.between(link.sent + 1, sendable()) : sendable();
        List<Wal.Extent> slice = wal().slice(link.sent, target);
        var history = wal().history();
        link.sending = true;
        link.sent = target;
        host.network()
                .send(
                        host,
                        link.down.host,
                        link.toDown,
                        () -> link.down.gate.run(() -> link.down.received(link, slice, history)));
    }

    private void received(
            Link link, List<Wal.Extent> slice, io.howdah.postgres.TimelineHistory history) {
        if (gone || receiver != link || !postmasterAlive) {
            return;
        }
        Runnable writing =
                () -> {
                    wal().append(slice, history);
                    history.ended().forEach(e -> data.histories.add(e.timeline().value()));
                    data.histories.add(history.current().value());
                };
        receivedNotFlushed.add(writing);
        in(
                diskDelay(),
                () -> {
                    // a flush is of all that came before
                    int at = receivedNotFlushed.indexOf(writing);
                    if (at >= 0) {
                        List<Runnable> flushed = receivedNotFlushed.subList(0, at + 1);
                        flushed.forEach(Runnable::run);
                        flushed.clear();
                        reply(link, wal().end());
                        replayLater();
                        senders.forEach(this::pump);
                    }
                });
    }

    private void replayLater() {
        long late = world.chance(0.05) ? World.SECOND : 3 * World.MILLI;
        long upTo = wal().lastWholeEnd();
        in(
                world.between(100 * World.MICRO, late),
                () -> {
                    if (mode != Mode.PRIMARY && upTo > replayed) {
                        replayed = upTo;
                        if (mode == Mode.STARTING && replayed >= data.consistentAt) {
                            becomeStandby();
                        }
                        senders.forEach(this::pump);
                    }
                });
    }

    /// A WAL receiver process ends; what it received is flushed before it is gone.
    void endReceiver() {
        receiverConnecting = false;
        receiverAttempts++;
        Link link = receiver;
        receiver = null;
        List.copyOf(receivedNotFlushed).forEach(Runnable::run);
        receivedNotFlushed.clear();
        if (link != null) {
            replayLater();
            closeReceiver(link);
        }
        if (!receiverRequested && mode != Mode.PRIMARY) {
            retry();
        }
    }

    private void closeReceiver(Link link) {
        host.network()
                .send(
                        host,
                        link.up.host,
                        link.toUp,
                        () -> link.up.gate.run(() -> link.up.forget(link)));
    }

    void forget(Link link) {
        link.senderAlive = false;
        senders.remove(link);
    }

    /// A WAL sender process ends.
    void endSender(Link link) {
        forget(link);
        host.network()
                .send(
                        host,
                        link.down.host,
                        link.toDown,
                        () -> link.down.gate.run(() -> link.down.senderGone(link)));
    }

    void senderGone(Link link) {
        if (!gone && receiver == link) {
            endReceiver();
        }
    }

    // ---- promotion, stop, death

    /// PostgreSQL takes the lowest number above its own that no history file names.
    void promote(Runnable done) {
        in(
                world.between(5 * World.MILLI, 80 * World.MILLI),
                () -> {
                    if (mode != Mode.STANDBY) {
                        return;
                    }
                    endReceiver();
                    receiverAttempts++;
                    receiverRequested = false;
                    long next = wal().history().current().value() + 1;
                    while (data.histories.contains(next)) {
                        next++;
                    }
                    for (Link link : List.copyOf(senders)) {
                        endSender(link);
                    }
                    wal().promote(new TimelineId(next));
                    data.histories.add(next);
                    data.inProduction = true;
                    replayed = wal().end();
                    begin();
                    done.run();
                });
    }

    /// A fast shutdown. Ends when the standbys have got everything, or never.
    void shutDown(Runnable done) {
        stopping = true;
        pending.clear();
        in(
                world.between(2 * World.MILLI, 60 * World.MILLI),
                () -> {
                    if (mode == Mode.PRIMARY) {
                        long at = inserted;
                        write(null);
                        wal().flushed(inserted);
                        data.checkpoint = at;
                        senders.forEach(this::pump);
                        awaitSenders(done, 0);
                    } else {
                        end(true);
                        done.run();
                    }
                });
    }

    private void awaitSenders(Runnable done, int tries) {
        boolean all =
                senders.stream().allMatch(link -> !link.streaming || link.flushed >= wal().end());
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
        pending.clear();
        senders.stream().toList().forEach(this::endSender);
        Link link = receiver;
        if (link != null) {
            receiver = null;
            closeReceiver(link);
        }
        receivedNotFlushed.clear();
        if (busyBackends > 0 && world.chance(0.7)) {
            host.trace("the postmaster is dead, " + busyBackends + " backends live on");
        } else {
            end(true);
        }
        host.serverDied();
    }

    private void lastBackendEnds() {
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
            // what was written, but not flushed, may be on disk or not
            if (told && inserted > wal().end() && world.chance(0.5)) {
                wal().flushed(world.between(wal().end(), inserted));
            }
            wal().branch().forgetBeyond(wal().end());
        } else if (told && world.chance(0.5)) {
            List.copyOf(receivedNotFlushed).forEach(Runnable::run);
        }
        pending.clear();
        for (Link link : List.copyOf(senders)) {
            link.senderAlive = false;
            if (told) {
                host.network()
                        .send(
                                host,
                                link.down.host,
                                link.toDown,
                                () -> link.down.gate.run(() -> link.down.senderGone(link)));
            } else {
                Link silent = link;
                world.in(
                        world.between(2 * World.SECOND, 8 * World.SECOND),
                        () -> link.down.gate.run(() -> link.down.senderGone(silent)));
            }
        }
        senders.clear();
        Link link = receiver;
        if (link != null) {
            receiver = null;
            if (told) {
                host.network()
                        .send(
                                host,
                                link.up.host,
                                link.toUp,
                                () -> link.up.gate.run(() -> link.up.forget(link)));
            } else {
                world.in(
                        world.between(2 * World.SECOND, 8 * World.SECOND),
                        () -> link.up.gate.run(() -> link.up.forget(link)));
            }
        }
        host.ended(this);
    }

    @Override
    public String toString() {
        return mode + (postmasterAlive ? "" : ", postmaster dead") + " at " + wal();
    }
}

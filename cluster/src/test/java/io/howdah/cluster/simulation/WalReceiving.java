package io.howdah.cluster.simulation;

import io.howdah.postgres.TimelineHistory;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The receiving end of a standby: its WAL receiver, and the replay of what that brings.
final class WalReceiving {

    private final World world;
    private final Host host;
    private final ServerProcess server;
    private boolean localWalRead;
    private long replayed;
    private boolean receiverRequested;
    private boolean receiverConnecting;
    private @Nullable Link receiver;
    private final List<Runnable> receivedNotFlushed = new ArrayList<>();
    private long receiverAttempts;

    WalReceiving(World world, Host host, ServerProcess server) {
        this.world = world;
        this.host = host;
        this.server = server;
    }

    boolean isLocalWalRead() {
        return localWalRead;
    }

    boolean hasReceiverProcess() {
        return receiverConnecting || receiver != null;
    }

    long replayed() {
        return replayed;
    }

    /// Crash recovery has replayed all that is there.
    void recovered() {
        replayed = server.wal().end();
    }

    /// Local WAL is read to its end: the rest must come from elsewhere.
    void localWalRead() {
        localWalRead = true;
        want(world.between(0, 20 * World.MILLI));
    }

    /// A promotion ends it for good.
    void promoted() {
        endReceiver();
        receiverAttempts++;
        receiverRequested = false;
    }

    /// Its postmaster is dead: it ends at once.
    void abandoned() {
        Link link = receiver;
        if (link != null) {
            receiver = null;
            closeReceiver(link);
        }
        receivedNotFlushed.clear();
    }

    /// The server is gone, with what it received last on disk or not.
    void crash(boolean maybe) {
        if (maybe && world.chance(0.5)) {
            List.copyOf(receivedNotFlushed).forEach(Runnable::run);
        }
    }

    /// The server is gone.
    ///
    /// @param told whether the other end of the connection hears of it
    void gone(boolean told) {
        Link link = receiver;
        if (link != null) {
            receiver = null;
            if (told) {
                closeReceiver(link);
            } else {
                world.in(
                        world.between(2 * World.SECOND, 8 * World.SECOND),
                        () -> link.up.gate().run(() -> link.up.sending().forget(link)));
            }
        }
    }

    boolean isReceiving() {
        Link link = receiver;
        return link != null && !link.barren;
    }

    void want(long after) {
        if (receiverRequested || receiverConnecting || receiver != null) {
            return;
        }
        receiverRequested = true;
        server.in(
                after,
                () -> {
                    Disk.@Nullable Service asked = host.disk().service;
                    // the postmaster forks it when it comes to it
                    long late =
                            world.chance(0.05)
                                    ? world.between(50 * World.MILLI, 2500 * World.MILLI)
                                    : world.between(100 * World.MICRO, 3 * World.MILLI);
                    server.in(
                            late,
                            () -> {
                                if (!receiverRequested || !server.hasPostmaster()) {
                                    return;
                                }
                                receiverRequested = false;
                                if (server.mode() == ServerProcess.Mode.PRIMARY) {
                                    return;
                                }
                                connect(host.hasWeakCut() ? asked : host.disk().service);
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
        server.in(
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
                                leader.gateOfServer(far -> {
                                    if (far != null && !far.hasPostmaster()) {
                                        leader.network().send(leader, host, () -> refused(attempt));
                                        return;
                                    }
                                    Link link =
                                            far == null
                                                    ? null
                                                    : far.sending().accept(server, service);
                                    if (link == null) {
                                        leader.network()
                                                .send(
                                                        leader,
                                                        host,
                                                        () ->
                                                                server.gate()
                                                                        .run(() ->
                                                                                refused(attempt)));
                                    } else {
                                        leader.network()
                                                .send(
                                                        leader,
                                                        host,
                                                        link.toDown,
                                                        () ->
                                                                server.gate()
                                                                        .run(() ->
                                                                                connected(
                                                                                        link,
                                                                                        attempt)));
                                    }
                                }));
    }

    private void refused(long attempt) {
        if (!server.isGone() && receiverConnecting && attempt == receiverAttempts) {
            receiverConnecting = false;
            retry();
        }
    }

    private void retry() {
        want(world.between(20 * World.MILLI, 120 * World.MILLI));
    }

    private void connected(Link link, long attempt) {
        if (!server.isGone()
                && receiverConnecting
                && attempt == receiverAttempts
                && !link.senderAlive) {
            refused(attempt);
            return;
        }
        if (server.isGone() || !receiverConnecting || attempt != receiverAttempts) {
            closeReceiver(link);
            return;
        }
        receiverConnecting = false;
        receiver = link;
        host.trace(
                "streams from "
                        + link.up.host()
                        + " as "
                        + link.name
                        + (link.barren ? ", on a dead branch" : ""));
        // the first thing that a receiver reports as flushed is how far was replayed
        reply(link, replayed);
        if (link.barren) {
            server.in(world.between(50 * World.MILLI, 500 * World.MILLI), () -> endReceiver());
        }
    }

    private void reply(Link link, long flushed) {
        long replayedNow = replayed;
        host.network()
                .send(
                        host,
                        link.up.host(),
                        link.toUp,
                        () ->
                                link.up
                                        .gate()
                                        .run(() ->
                                                link.up
                                                        .sending()
                                                        .heard(link, flushed, replayedNow)));
    }

    void received(Link link, List<Wal.Extent> slice, TimelineHistory history) {
        if (server.isGone() || receiver != link || !server.hasPostmaster()) {
            return;
        }
        Runnable writing =
                () -> {
                    server.wal().append(slice, history);
                    history.ended().forEach(e -> server.data().histories.add(e.timeline().value()));
                    server.data().histories.add(history.current().value());
                };
        receivedNotFlushed.add(writing);
        server.in(
                server.diskDelay(),
                () -> {
                    // a flush is of all that came before
                    int at = receivedNotFlushed.indexOf(writing);
                    if (at >= 0) {
                        List<Runnable> flushed = receivedNotFlushed.subList(0, at + 1);
                        flushed.forEach(Runnable::run);
                        flushed.clear();
                        reply(link, server.wal().end());
                        replayLater();
                        server.sending().pumpAll();
                    }
                });
    }

    private void replayLater() {
        long late = world.chance(0.05) ? World.SECOND : 3 * World.MILLI;
        long upTo = server.wal().lastWholeEnd();
        server.in(
                world.between(100 * World.MICRO, late),
                () -> {
                    if (server.mode() != ServerProcess.Mode.PRIMARY && upTo > replayed) {
                        replayed = upTo;
                        if (server.mode() == ServerProcess.Mode.STARTING
                                && replayed >= server.data().consistentAt) {
                            server.becomeStandby();
                        }
                        server.sending().pumpAll();
                    }
                });
    }

    /// A WAL receiver process ends; what it received is flushed before it is server.isGone().
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
        if (!receiverRequested && server.mode() != ServerProcess.Mode.PRIMARY) {
            retry();
        }
    }

    private void closeReceiver(Link link) {
        host.network()
                .send(
                        host,
                        link.up.host(),
                        link.toUp,
                        () -> link.up.gate().run(() -> link.up.sending().forget(link)));
    }

    void senderGone(Link link) {
        if (!server.isGone() && receiver == link) {
            endReceiver();
        }
    }
}

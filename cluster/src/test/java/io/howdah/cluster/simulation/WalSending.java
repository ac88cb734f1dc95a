package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.NodeName;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The WAL senders of a server.
final class WalSending {

    /// WAL positions within one segment: a stream begins at the start of a segment.
    private static final long SEGMENT = 1024 * 1024;

    private final World world;
    private final Host host;
    private final ServerProcess server;
    private final List<Link> senders = new ArrayList<>();

    WalSending(World world, Host host, ServerProcess server) {
        this.world = world;
        this.host = host;
        this.server = server;
    }

    List<Link> senders() {
        return senders;
    }

    /// All that is flushed may be streamed, on a standby also what is not replayed.
    void pumpAll() {
        senders.forEach(this::pump);
    }

    void releaseWaiters() {
        for (Link link : List.copyOf(senders)) {
            releaseWaiters(link);
        }
    }

    /// Every WAL sender process ends.
    void endAll() {
        List.copyOf(senders).forEach(this::endSender);
    }

    List<Follower> followers() {
        return senders.stream()
                .filter(link -> !link.catchUp)
                .map(link ->
                        new Follower(
                                link.name,
                                link.streaming,
                                new Lsn(link.flushed),
                                new Lsn(link.replayed)))
                .toList();
    }

    /// A standby asks to stream from here. Null: refused.
    @Nullable Link accept(ServerProcess standby, Disk.Service as) {
        NodeName node = as.as().node();
        if (!server.answers()
                || (!as.catchUp() && server.mode() != ServerProcess.Mode.PRIMARY)
                || host.refusesStreams()
                || !server.data().slots.contains(node)
                || !host.keepsWalFor(standby.host(), standby.wal().end())
                || senders.stream()
                        .anyMatch(link -> link.senderAlive && link.name.node().equals(node))) {
            return null;
        }
        Wal theirs = standby.wal();
        TimelineId timeline = theirs.history().current();
        if (!server.wal().history().includes(timeline)
                || server.data().systemId.value() != standby.data().systemId.value()) {
            return null;
        }
        long segment = theirs.end() - theirs.end() % SEGMENT;
        var left = server.wal().history().endOf(timeline);
        if (left.isPresent() ? segment > left.get().value() : segment > server.wal().end()) {
            return null;
        }
        Link link = new Link(server, standby, as);
        // what is not a whole record is asked for anew
        link.barren = left.isPresent() && theirs.lastWholeEnd() > left.get().value();
        link.sent = left.isPresent() ? Math.min(theirs.end(), left.get().value()) : theirs.end();
        if (link.sent < theirs.end()) {
            host.overwrites();
        }
        senders.add(link);
        return link;
    }

    void heard(Link link, long flushed, long replayedThere) {
        if (server.isGone() || !link.senderAlive || !server.hasPostmaster()) {
            return;
        }
        link.flushed = Math.max(link.flushed, flushed);
        link.replayed = replayedThere;
        link.sending = false;
        if (link.barren || flushed >= server.wal().end()) {
            link.streaming = true;
        }
        releaseWaiters(link);
        pump(link);
    }

    void pump(Link link) {
        if (link.sending || link.barren || !link.senderAlive || server.wal().end() <= link.sent) {
            return;
        }
        long target =
                world.chance(0.3)
                        ? world.between(link.sent + 1, server.wal().end())
                        : server.wal().end();
        List<Wal.Extent> slice = server.wal().slice(link.sent, target);
        var history = server.wal().history();
        link.sending = true;
        link.sent = target;
        host.network()
                .send(
                        host,
                        link.down.host(),
                        link.toDown,
                        () ->
                                link.down
                                        .gate()
                                        .run(() ->
                                                link.down
                                                        .receiving()
                                                        .received(link, slice, history)));
    }

    void forget(Link link) {
        link.senderAlive = false;
        senders.remove(link);
    }

    /// A WAL sender process ends.
    void endSender(Link link) {
        forget(link);
        tellReceiver(link);
    }

    private void tellReceiver(Link link) {
        host.network()
                .send(
                        host,
                        link.down.host(),
                        link.toDown,
                        () -> link.down.gate().run(() -> link.down.receiving().senderGone(link)));
    }

    /// A WAL sender has heard of its standby, and lets those commits go that enough have flushed.
    void releaseWaiters(Link by) {
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
        server.commits().release(upTo);
    }

    /// The server is gone, with all of them.
    ///
    /// @param told whether the other ends of connections hear of it
    void gone(boolean told) {
        for (Link link : List.copyOf(senders)) {
            link.senderAlive = false;
            if (told) {
                tellReceiver(link);
            } else {
                world.in(
                        world.between(2 * World.SECOND, 8 * World.SECOND),
                        () -> link.down.gate().run(() -> link.down.receiving().senderGone(link)));
            }
        }
        senders.clear();
    }
}

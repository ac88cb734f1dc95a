package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Epoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Knows what clients were told, and sees that it stays true: no acknowledged commit is ever
/// missing from an elected primary, no two primaries serve clients in overlapping spans, and what a
/// client has read does not vanish.
final class Judge {

    private final World world;
    private final List<Row> promised = new ArrayList<>();
    private final Map<Epoch, Long> claimed = new HashMap<>();
    private long primaries;
    private int rows;
    private int acknowledged;
    private @Nullable ServerProcess lastToAcknowledge;
    private @Nullable ServerProcess lastToServe;
    private long servesSince;
    private @Nullable ServerProcess elected;
    private boolean lossAllowed;

    /// An operator has made this one the primary: what one before it acknowledges or shows,
    /// wherever it is forgotten, is lost by decision.
    private long forcedSince;

    Judge(World world) {
        this.world = world;
    }

    long nextPrimary() {
        return ++primaries;
    }

    /// A winner has taken its epoch.
    void claimed(Epoch epoch) {
        claimed.putIfAbsent(epoch, nextPrimary());
    }

    /// The number of the primary of an epoch: they follow each other as they were elected, however
    /// late one of them is promoted.
    long primaryOf(Epoch epoch) {
        Long number = claimed.get(epoch);
        return number == null ? nextPrimary() : number;
    }

    Row newRow() {
        return new Row(++rows);
    }

    int acknowledged() {
        return acknowledged;
    }

    @Nullable ServerProcess elected() {
        return elected;
    }

    private void promise(Row row, String how) {
        if (row.promise() == null) {
            promised.add(row);
        }
        row.promised(how);
    }

    /// A primary answers a client. Once it does, no primary before it may.
    private void served(Host host, ServerProcess by) {
        if (by != elected && host.mayAnswerLate(servesSince)) {
            // it may even have been promoted late, by a lease that was over long ago
            return;
        }
        ServerProcess last = lastToServe;
        if (last == null || last.serial() < by.serial()) {
            lastToServe = by;
            servesSince = world.now();
        } else if (last != by && !host.mayAnswerLate(servesSince)) {
            world.broken(
                    host
                            + " still serves clients as a primary, though "
                            + last.host()
                            + ", elected since, has served some already");
        }
    }

    void acknowledged(Host host, ServerProcess by, Row row) {
        acknowledged++;
        if (by.serial() < forcedSince) {
            return;
        }
        served(host, by);
        ServerProcess last = lastToAcknowledge;
        if (last != null && last.serial() > by.serial()) {
            // one that slept may learn only now that others had flushed it in time
            if (!last.wal().holds(row)) {
                world.broken(
                        host
                                + " acknowledges "
                                + row
                                + ", which a later primary, "
                                + last.host()
                                + ", that has acknowledged already, does not have");
            }
        } else {
            lastToAcknowledge = by;
        }
        promise(row, "acknowledged by " + host);
        ServerProcess leader = elected;
        if (leader != null
                && leader != by
                && leader.serial() > by.serial()
                && !leader.wal().holds(row)) {
            world.broken(
                    host
                            + " acknowledges "
                            + row
                            + ", which the primary elected since, "
                            + leader.host()
                            + ", does not have");
        }
        if (!by.wal().holds(row)) {
            world.broken(host + " acknowledges " + row + " without having it");
        }
    }

    void read(Host host, ServerProcess from) {
        served(host, from);
        if (from.serial() < forcedSince) {
            return;
        }
        for (Row row : from.commits().newlyRead()) {
            if (row.promise() == null) {
                promise(row, "read at " + host);
            }
        }
        ServerProcess leader = elected;
        if (leader != null && leader.serial() > from.serial()) {
            holdsAll(leader.host(), leader, "the elected primary");
        }
    }

    /// A primary is elected and announced.
    void announced(Host host, @Nullable ServerProcess server) {
        if (server == null || server.mode() != ServerProcess.Mode.PRIMARY) {
            return;
        }
        elected = server;
        forcedSince = lossAllowed ? server.serial() : forcedSince;
        holdsAll(host, server, "announced");
    }

    /// The holder of the lease lets clients in.
    void opened(Host host, ServerProcess server) {
        holdsAll(host, server, "open to clients");
    }

    void holdsAll(Host host, ServerProcess server, String how) {
        if (lossAllowed) {
            promised.removeIf(row -> !server.wal().holds(row));
            return;
        }
        for (Row row : promised) {
            if (!server.wal().holds(row)) {
                world.broken(
                        host
                                + " is "
                                + how
                                + " with "
                                + server.wal()
                                + " and does not have "
                                + row
                                + ", "
                                + row.promise());
                return;
            }
        }
    }

    /// An operator has forced a failover: what is missing in the next primary is missing by
    /// decision.
    void allowLoss(boolean allowed) {
        lossAllowed = allowed;
    }
}

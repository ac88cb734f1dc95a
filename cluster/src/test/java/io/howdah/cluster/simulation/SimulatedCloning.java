package io.howdah.cluster.simulation;

import io.howdah.cluster.member.CopySources;
import io.howdah.cluster.member.Upstream;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;

/// Rewinds and fresh copies. An agent can be killed, and the source can die, between any two steps.
final class SimulatedCloning {

    private final OwnServer own;
    private final Cluster cluster;
    private final Host host;

    SimulatedCloning(OwnServer own) {
        this.own = own;
        this.cluster = own.cluster();
        this.host = own.host();
    }

    /// As `pg_rewind` does.
    ///
    /// @return whether it did; else a copy is needed
    boolean rewind(Upstream upstream) {
        Disk.Data data = own.data();
        renewIncarnation(data);
        data.interrupted = true;
        try {
            ServerProcess source = own.remote(upstream);
            source.commits().checkpoint();
            own.takes(5 * World.MILLI, 100 * World.MILLI);
            if (source.mode() != ServerProcess.Mode.PRIMARY
                    || !isLeaders(source)
                    || !own.isStillThere(source)) {
                return false;
            }
            TimelineHistory theirs = source.wal().history();
            boolean nothingToDo = theirs.contains(data.wal.history(), new Lsn(data.wal.end()));
            if (!nothingToDo) {
                Wal copied = source.wal().copy();
                own.takes(50 * World.MILLI, World.SECOND);
                if (!own.isStillThere(source)) {
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
        data.mark.isMade(upstream.highest(), data.controlWrites);
        data.inProduction = false;
        data.ranAsPrimary = false;
        data.cleanlyStopped = false;
        own.takes(World.MILLI, 5 * World.MILLI);
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

    private void renewIncarnation(Disk.Data data) {
        if (cluster.mutation() != Mutation.INCARNATION) {
            data.incarnation = own.freshIncarnation();
        }
    }

    /// Where a copy comes from: mostly the leader, sometimes a standby that is behind.
    private ServerProcess source(ServerProcess leader, List<Upstream> named) {
        if (named.isEmpty() && cluster.world().chance(0.7)) {
            return leader;
        }
        List<ServerProcess> others = new ArrayList<>();
        for (Host each : cluster.members()) {
            ServerProcess server = each.server();
            if (each != host
                    && server != null
                    && server.answers()
                    && server.mode() == ServerProcess.Mode.STANDBY
                    && server.receiving().isReceiving()
                    && leader.wal()
                            .history()
                            .contains(server.wal().history(), new Lsn(server.wal().end()))
                    && cluster.network().isOpenBothWays(host, each)) {
                others.add(server);
            }
        }
        return others.isEmpty() ? leader : cluster.world().oneOf(others);
    }

    private static boolean hasStrayed(ServerProcess source) {
        return source.mode() == ServerProcess.Mode.PRIMARY
                ? !isLeaders(source)
                : source.data().mark.strayedFrom().isPresent();
    }

    private static boolean isLeaders(ServerProcess source) {
        return source.data().mark.isLeaders(source.wal().history().current());
    }

    void copy(Upstream upstream, CopySources sources) {
        ServerProcess leader = own.remote(upstream);
        reserveSlot(leader);
        TimelineId upTo = leader.wal().history().current();
        ServerProcess source = source(leader, sources.standbys());
        own.takes(50 * World.MILLI, 2 * World.SECOND);
        if (!own.isStillThere(source)) {
            throw new IllegalStateException("the source of the copy died");
        }
        if (hasStrayed(source)) {
            throw new IllegalStateException(source.host() + " was promoted by somebody else");
        }
        Disk.Data old = own.disk().data;
        Wal wal = source.wal().copy();
        if (source != leader) {
            wal.truncate(Math.max(source.receiving().replayed(), 0));
        }
        Disk.Data fresh =
                new Disk.Data(
                        source.data().systemId,
                        cluster.mutation() == Mutation.INCARNATION
                                ? host.incarnationOnce(own::freshIncarnation)
                                : own.freshIncarnation(),
                        host.name(),
                        wal);
        learnHistories(fresh, source);
        fresh.mark.isMade(upTo, fresh.controlWrites);
        own.takes(World.MILLI, 20 * World.MILLI);
        own.disk().data = fresh;
        host.trace("copied " + source.host() + ", " + fresh.wal + (old == null ? "" : ", anew"));
    }
}

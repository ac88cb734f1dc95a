package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.step.Step;
import io.howdah.postgres.Lsn;

/// Whom a standby streams from, and the cut.
final class SimulatedFollowing {

    private final OwnServer own;
    private final Cluster cluster;
    private final World world;
    private final Host host;
    private final AgentProcess process;

    /// The latest cut was completed, and nobody was named to follow since.
    private boolean cutHolds;

    SimulatedFollowing(OwnServer own) {
        this.own = own;
        this.cluster = own.cluster();
        this.world = own.world();
        this.host = own.host();
        this.process = own.process();
    }

    Position cut() {
        if (cutHolds) {
            own.takes(World.MILLI / 2, 4 * World.MILLI);
        } else {
            cutAnew();
            cutHolds = true;
        }
        own.takes(World.MILLI / 10, 10 * World.MILLI);
        return end();
    }

    private void cutAnew() {
        boolean weak = host.hasWeakCut();
        own.cutOff(false);
        own.disk().service = null;
        own.reached(Step.CUT_FILE_EMPTY);
        own.takes(World.MILLI / 2, 4 * World.MILLI);
        ServerProcess server = own.running();
        if (!weak || server.receiving().hasReceiverProcess()) {
            server.receiving().endReceiver();
        }
        own.cutOff(true);
    }

    /// Local WAL is read to its end.
    private Position end() {
        long end = world.now() + 30 * World.SECOND;
        while (true) {
            ServerProcess server = own.running();
            if (server.answers()
                    && server.mode() == ServerProcess.Mode.STANDBY
                    && server.receiving().isLocalWalRead()) {
                return own.data().wal.position();
            }
            if (world.now() > end) {
                throw new IllegalStateException("local WAL is not read to its end");
            }
            own.rests();
        }
    }

    void fill(Upstream upstream) {
        forgetCut();
        own.data().mark.follows(upstream.highest());
        own.disk().service =
                new Disk.Service(
                        upstream.leader(),
                        upstream.epoch(),
                        new Follower.StandbyName(
                                host.name(), own.data().incarnation, upstream.epoch()),
                        false);
    }

    private void forgetCut() {
        cutHolds &= own.isWithout(Mutation.CUT_ENDS);
    }

    void catchUp(Upstream source) {
        forgetCut();
        own.data().mark.follows(source.highest());
        Disk.Service wanted =
                new Disk.Service(
                        source.leader(),
                        source.epoch(),
                        new Follower.StandbyName(
                                host.name(), own.data().incarnation, source.epoch()),
                        true);
        if (!wanted.equals(own.disk().service)) {
            own.disk().service = wanted;
            own.takes(World.MILLI / 2, 4 * World.MILLI);
            own.running().receiving().endReceiver();
        }
    }

    void follow(Upstream upstream) {
        boolean wasCut = cutHolds;
        fill(upstream);
        own.takes(World.MILLI / 2, 4 * World.MILLI);
        ServerProcess server = own.running();
        if (!wasCut && server.receiving().hasReceiverProcess()) {
            server.receiving().endReceiver();
        }
    }

    boolean canCatchUp(Upstream upstream, Position from) {
        return own.remote(upstream).host().keepsWalFor(host, from.lsn().value());
    }

    boolean canBecomeConsistent(Upstream upstream) {
        return own.remote(upstream).host().keepsWalFor(host, own.data().wal.end());
    }

    LocalPostgres.FlushProbe flushProbe(Upstream member) {
        ServerProcess connected = own.remote(member);
        return new LocalPostgres.FlushProbe() {
            @Override
            public Lsn flushed() {
                process.takes(2 * cluster.network().delay(host, connected.host()));
                if (!own.isStillThere(connected)) {
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

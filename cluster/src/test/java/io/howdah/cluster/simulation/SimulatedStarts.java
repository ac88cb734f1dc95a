package io.howdah.cluster.simulation;

import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Position;
import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.Optional;

/// How an agent starts its server, stops it, and ends it.
final class SimulatedStarts {

    private final OwnServer own;
    private final SimulatedNames names;
    private final SimulatedFollowing following;
    private long kills;
    private boolean standbyOfOurs;

    SimulatedStarts(OwnServer own, SimulatedNames names, SimulatedFollowing following) {
        this.own = own;
        this.names = names;
        this.following = following;
    }

    /// Whether what runs was started here as a standby, and not promoted since.
    boolean isStandbyOfOurs() {
        return standbyOfOurs;
    }

    void isStandbyNoMore() {
        standbyOfOurs = false;
    }

    boolean hasLeftovers() {
        ServerProcess server = own.host().server();
        return server != null && !server.isGone();
    }

    void kill() {
        kills++;
        own.takes(World.MILLI / 2, 10 * World.MILLI);
        ServerProcess server = own.host().server();
        if (server != null) {
            if (own.isWithout(Mutation.DEAD_MEANS_DEAD)) {
                server.postmasterDies();
            } else {
                server.end(true);
            }
        }
        own.takes(World.MILLI / 10, 2 * World.MILLI);
    }

    void startStandby(Optional<Upstream> rewoundTo) {
        Disk.Data data = own.data();
        data.mark.starts(data.wal.history().current(), data.controlWrites);
        if (rewoundTo.isPresent()) {
            following.fill(rewoundTo.get());
        } else {
            own.disk().service = null;
        }
        names.begin(true);
        launch(true);
        standbyOfOurs = true;
    }

    private void launch(boolean standby) {
        own.takes(5 * World.MILLI, 60 * World.MILLI);
        own.data().startedByOthers = false;
        own.cutOff(true);
        own.host().start(standby);
    }

    void startPrimary() {
        own.disk().service = null;
        names.begin(own.isWithout(Mutation.RESTART_RULE));
        own.data().mark.leads(own.data().wal.history().current());
        long killsBefore = kills;
        launch(false);
        while (true) {
            ServerProcess started = own.host().server();
            if (kills != killsBefore || started == null || !started.hasPostmaster()) {
                kill();
                throw new IllegalStateException("PostgreSQL was ended while it started");
            }
            if (started.answers()) {
                return;
            }
            own.process().takes(20 * World.MILLI);
        }
    }

    Position stop(Duration deadline) {
        ServerProcess server = own.host().server();
        if (server != null && server.hasPostmaster()) {
            if (!server.isStopping()) {
                server.shutDown(() -> {});
            }
            long end = own.world().now() + deadline.toNanos();
            while (!server.isGone()) {
                if (own.world().now() > end) {
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

    void stopAnyhow() {
        try {
            ServerProcess server = own.host().server();
            if (server != null && server.hasPostmaster()) {
                stop(Duration.ofSeconds(10));
            }
        } catch (IllegalStateException e) {
            own.host().trace("does not stop in order: " + e.getMessage());
        }
        kill();
    }
}

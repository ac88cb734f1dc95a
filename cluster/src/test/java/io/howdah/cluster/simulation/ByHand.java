package io.howdah.cluster.simulation;

import org.jspecify.annotations.Nullable;

/// People who start, promote and stop a node's PostgreSQL as if there were no Howdah.
final class ByHand {

    private final Cluster cluster;
    private final World world;
    private final Faults faults;

    ByHand(Cluster cluster, Faults faults) {
        this.cluster = cluster;
        this.world = cluster.world();
        this.faults = faults;
    }

    /// Somebody promotes a standby, mostly while its agent is away and as its primary is lost:
    /// before another is promoted or after that.
    void promote(Host host, long lasts) {
        if (cluster.holder().filter(holder -> holder == host).isPresent()) {
            return;
        }
        if (world.chance(0.8)) {
            cluster.agents().kill(host);
            world.in(lasts + 2 * World.SECOND, () -> cluster.agents().start(host));
        }
        if (world.chance(0.7)) {
            cluster.holder()
                    .ifPresent(primary ->
                            faults.crash(primary, lasts + world.between(0, 4 * World.SECOND)));
        }
        world.in(
                world.between(0, lasts + 2 * World.SECOND),
                () -> {
                    ServerProcess server = host.server();
                    if (server != null && server.mode() == ServerProcess.Mode.STANDBY) {
                        host.trace("*** promoted by hand");
                        server.promoteByHand();
                    }
                });
    }

    /// A node's agent and PostgreSQL have ended, in whatever role; somebody starts PostgreSQL, as
    /// it lies there or without `standby.signal`, and perhaps promotes it, stops it, and makes a
    /// standby of it again.
    void start(Host host, long lasts) {
        cluster.agents().kill(host);
        end(host, host.server(), world.chance(0.5));
        world.in(lasts + 4 * World.SECOND, () -> cluster.agents().start(host));
        world.in(
                world.between(20 * World.MILLI, lasts + World.SECOND),
                () -> startServer(host, world.chance(0.7)));
    }

    private void startServer(Host host, boolean standby) {
        Disk.Data data = host.disk().data;
        if (data == null
                || data.former
                || data.initialisedHere
                || data.interrupted
                || data.rewoundFor != null
                || !host.isUp()
                || host.server() != null
                || cluster.agents().isAlive(host)) {
            return;
        }
        host.trace("*** started by hand, as a " + (standby ? "standby" : "primary"));
        host.disk().service = null;
        host.disk().open = false;
        if (!standby) {
            data.wal.goesItsOwnWay();
        }
        ServerProcess started = host.start(standby);
        started.isForeign = true;
        data.startedByOthers = true;
        if (standby && world.chance(0.8)) {
            world.in(
                    world.between(200 * World.MILLI, World.SECOND),
                    () -> {
                        if (host.server() == started
                                && started.mode() == ServerProcess.Mode.STANDBY) {
                            host.trace("*** promoted by hand");
                            started.promoteByHand();
                        }
                    });
        }
        if (world.chance(0.7)) {
            world.in(
                    world.between(World.SECOND, 2 * World.SECOND),
                    () -> {
                        end(host, started, world.chance(0.5));
                        if (world.chance(0.5)) {
                            world.in(World.SECOND / 2, () -> startServer(host, true));
                        }
                    });
        }
    }

    private static void end(Host host, @Nullable ServerProcess server, boolean inOrder) {
        if (server != null && host.server() == server) {
            if (inOrder && server.hasPostmaster() && !server.isStopping()) {
                server.shutDown(() -> {});
            } else {
                server.end(true);
            }
        }
    }
}

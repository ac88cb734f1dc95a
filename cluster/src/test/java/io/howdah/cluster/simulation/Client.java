package io.howdah.cluster.simulation;

import io.howdah.cluster.state.NodeName;
import org.jspecify.annotations.Nullable;

/// Inserts unique rows, one after the other, wherever a primary lets it in, and reads now and then.
final class Client {

    private static final long PATIENCE = 2 * World.SECOND;

    private final Cluster cluster;
    private final World world;
    private @Nullable NodeName last;
    private int turn;
    private long lastServed = -1;

    Client(Cluster cluster) {
        this.cluster = cluster;
        this.world = cluster.world();
    }

    void start() {
        world.in(world.between(0, World.SECOND), this::next);
    }

    long lastServed() {
        return lastServed;
    }

    private void next() {
        int asked = ++turn;
        NodeName known = last;
        Host host =
                known != null && world.chance(0.9)
                        ? cluster.host(known)
                        : world.oneOf(cluster.members());
        ServerProcess server = host.server();
        long pause = world.between(10 * World.MILLI, 150 * World.MILLI);
        if (server == null || !host.isUp() || !server.isOpenPrimary()) {
            last = null;
            world.in(pause, this::next);
            return;
        }
        last = host.name();
        if (world.chance(0.4)) {
            cluster.judge().read(host, server);
        }
        long work =
                world.chance(0.05)
                        ? world.between(100 * World.MILLI, World.SECOND)
                        : world.between(100 * World.MICRO, 2 * World.MILLI);
        server.commits()
                .insert(
                        cluster.judge().newRow(),
                        work,
                        committed -> {
                            lastServed = world.now();
                            if (turn == asked) {
                                turn++;
                                world.in(pause, this::next);
                            }
                        });
        world.in(
                PATIENCE,
                () -> {
                    if (turn == asked) {
                        turn++;
                        last = null;
                        next();
                    }
                });
    }
}

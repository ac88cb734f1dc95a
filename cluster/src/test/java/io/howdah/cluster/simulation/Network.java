package io.howdah.cluster.simulation;

import java.util.ArrayList;
import java.util.List;

/// What carries messages between hosts: late, in any order between different channels, and, where a
/// direction is cut, not before it is mended. Connections behave as TCP does: in order, and nothing
/// is lost while both ends live.
final class Network {

    /// One direction of one connection: what is sent comes in order.
    static final class Channel {
        private long lastArrival;
    }

    private final World world;
    private final int[][] cuts;
    private final List<List<Runnable>> held = new ArrayList<>();
    private long worstDelay = 2 * World.MILLI;

    Network(World world, int hosts) {
        this.world = world;
        this.cuts = new int[hosts][hosts];
        for (int i = 0; i < hosts * hosts; i++) {
            held.add(new ArrayList<>());
        }
    }

    void slow(long worst) {
        worstDelay = worst;
    }

    boolean isOpen(Host from, Host to) {
        return from == to || cuts[from.number()][to.number()] == 0;
    }

    boolean isOpenBothWays(Host one, Host other) {
        return isOpen(one, other) && isOpen(other, one);
    }

    void cut(Host from, Host to) {
        cuts[from.number()][to.number()]++;
    }

    void mend(Host from, Host to) {
        if (--cuts[from.number()][to.number()] == 0) {
            List<Runnable> late = held.get(from.number() * cuts.length + to.number());
            List<Runnable> now = new ArrayList<>(late);
            late.clear();
            now.forEach(Runnable::run);
        }
    }

    /// A message of its own.
    void send(Host from, Host to, Runnable arrives) {
        if (!isOpen(from, to)) {
            held.get(from.number() * cuts.length + to.number()).add(() -> send(from, to, arrives));
            return;
        }
        world.in(delay(from, to), arrives);
    }

    /// The next message of a connection.
    void send(Host from, Host to, Channel channel, Runnable arrives) {
        if (!isOpen(from, to)) {
            held.get(from.number() * cuts.length + to.number())
                    .add(() -> send(from, to, channel, arrives));
            return;
        }
        long at = Math.max(channel.lastArrival, world.now() + delay(from, to));
        channel.lastArrival = at;
        world.in(at - world.now(), arrives);
    }

    long delay(Host from, Host to) {
        if (from == to) {
            return world.between(20 * World.MICRO, 200 * World.MICRO);
        }
        return world.chance(0.9)
                ? world.between(100 * World.MICRO, World.MILLI)
                : world.between(World.MILLI, worstDelay);
    }
}

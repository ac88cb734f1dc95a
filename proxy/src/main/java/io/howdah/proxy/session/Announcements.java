package io.howdah.proxy.session;

import io.howdah.proxy.topology.Leadership;
import io.howdah.proxy.topology.Topology;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/// Tells every event loop who leads a cluster. Where there are several, each first lets the former
/// primary go, and only when all have done so they are told of the next one: no loop sends anything
/// to the former when another uses the next.
final class Announcements {

    private final List<Whereabouts> loops;
    private volatile Leadership newest = Leadership.UNKNOWN;

    private Announcements(List<Whereabouts> loops) {
        this.loops = List.copyOf(loops);
    }

    /// Begins to tell.
    ///
    /// @param loops what each of them knows
    static void begin(Topology topology, List<Whereabouts> loops) {
        topology.follow(new Announcements(loops)::announce);
    }

    private void announce(Leadership next) {
        newest = next;
        if (loops.size() == 1 || next.primary() == null) {
            loops.forEach(loop -> loop.tell(next, () -> true, () -> {}));
            return;
        }
        var left = new AtomicInteger(loops.size());
        Leadership before = Leadership.ofNobody(next.epoch());
        for (Whereabouts loop : loops) {
            loop.tell(
                    before,
                    () -> true,
                    () -> {
                        if (left.decrementAndGet() == 0) {
                            loops.forEach(told -> told.tell(next, () -> isNewest(next), () -> {}));
                        }
                    });
        }
    }

    @SuppressWarnings("ReferenceEquality") // what was told again has its own turn
    private boolean isNewest(Leadership told) {
        return newest == told;
    }
}

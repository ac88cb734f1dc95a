package io.howdah.cli.chaos;

import io.howdah.cli.demo.DemoHosts;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.host.Links;
import io.howdah.cli.host.Loss;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Cuts and slows the links of a demo's hosts, and fills their disks. Thread-safe.
final class HostWounds {

    private static final Duration DELAY = Duration.ofMillis(20);
    private static final int FLAP_MILLIS = 1_500;

    private final DemoHosts hosts;
    private final DemoSettings settings;
    private final Links links;
    private final Set<Wound> open = ConcurrentHashMap.newKeySet();

    HostWounds(DemoHosts hosts, DemoSettings settings) {
        this.hosts = hosts;
        this.settings = settings;
        this.links = hosts.network().links();
    }

    /// Does what cuts, slows or fills.
    ///
    /// @param node whom it hits, from 1; any number where it hits all
    Wound inflict(PlannedFault fault, int node) {
        if (fault.kind() == FaultKind.FILL_DISK) {
            hosts.disk(node).fill();
            return wound(null, () -> hosts.disk(node).free());
        }
        Cut cut = Cut.of(fault, node, settings);
        if (fault.kind() == FaultKind.FLAP) {
            return wound(cut.detail(), flap(cut.losses(), new Random(fault.detail())));
        }
        links.lose(cut.losses());
        if (fault.kind() == FaultKind.SLOW_LINKS) {
            String done = links.slowDown(DELAY);
            return wound(
                    done + ", " + cut.detail(),
                    () -> {
                        links.mend(cut.losses());
                        links.speedUp();
                    });
        }
        return wound(cut.detail(), () -> links.mend(cut.losses()));
    }

    private Wound wound(@Nullable String detail, Runnable heal) {
        var wound = Wound.done(detail, heal);
        open.add(wound);
        return Wound.done(detail, () -> heal(wound));
    }

    private void heal(Wound wound) {
        if (open.remove(wound)) {
            wound.heal().run();
        }
    }

    /// Cuts and mends at random until the answer is run.
    private Runnable flap(List<Loss> losses, Random chance) {
        var end = new CountDownLatch(1);
        Thread flapping = Thread.ofVirtual().name("flap").start(() -> flap(losses, chance, end));
        return () -> {
            end.countDown();
            try {
                flapping.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        };
    }

    private void flap(List<Loss> losses, Random chance, CountDownLatch end) {
        try {
            do {
                links.lose(losses);
                end.await(chance.nextInt(FLAP_MILLIS), TimeUnit.MILLISECONDS);
                links.mend(losses);
            } while (!end.await(chance.nextInt(FLAP_MILLIS), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Makes everything good, also what a killed run has left.
    void healAll() {
        List.copyOf(open).forEach(this::heal);
        hosts.heal();
    }
}

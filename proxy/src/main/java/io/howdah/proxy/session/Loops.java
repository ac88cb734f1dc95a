package io.howdah.proxy.session;

import io.howdah.proxy.ProxyException;
import io.howdah.proxy.pool.SharedRoom;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.internal.PlatformDependent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The event loops of a proxy, each with a switchboard of its own, and what they do together.
/// Thread-safe.
final class Loops {

    /// Of the memory for what is on its way, so much is for answers that clients do not take.
    private static final int UNSENT_DIVISOR = 4;

    private final List<Network> networks;
    private final Whereabouts whereabouts;
    private final Commons commons;
    private final Map<EventLoop, Switchboard> switchboards = new HashMap<>();
    private final Switchboard first;
    private volatile Reception reception;

    /// @param networks of the loops
    /// @param topology of the cluster; null where no database is a cluster's
    /// @throws ProxyException when a file that is needed for logins cannot be used, or there is too
    ///   little memory
    Loops(ProxySettings settings, List<Network> networks, @Nullable Topology topology) {
        requireMemory(settings);
        this.networks = List.copyOf(networks);
        this.commons =
                new Commons(
                        networks.size() == 1 ? null : room(settings),
                        settings.statementMemory(),
                        PlatformDependent.maxDirectMemory() / UNSENT_DIVISOR);
        List<Whereabouts> known = new ArrayList<>();
        networks.forEach(_ -> known.add(new Whereabouts(topology)));
        this.whereabouts = known.getFirst();
        this.reception = new Reception(settings, networks.getFirst(), whereabouts);
        for (int i = 0; i < networks.size(); i++) {
            Network network = networks.get(i);
            switchboards.put(
                    network.loop(),
                    new Switchboard(settings, network, reception, known.get(i), commons));
        }
        this.first = of(networks.getFirst().loop());
        if (topology != null) {
            Announcements.begin(topology, known);
        }
    }

    /// What clients prepare lies in the heap, which also has to hold everything else.
    private static void requireMemory(ProxySettings settings) {
        long heap = Runtime.getRuntime().maxMemory();
        if (settings.statementMemory() > heap / 2) {
            throw new ProxyException(
                    "'statement-memory' is "
                            + settings.statementMemory()
                            + " bytes, more than half of Java's heap of "
                            + heap,
                    "give Java more (-Xmx in proxy.options), or prepared statements less",
                    null);
        }
    }

    private SharedRoom room(ProxySettings settings) {
        return new SharedRoom(new Sized(settings), System::nanoTime, this::later);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // it does not fail
    private void later(Duration time, Runnable call) {
        EventLoop loop = networks.getFirst().loop();
        if (!loop.isShuttingDown()) {
            loop.schedule(call, time.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    Switchboard of(EventLoop loop) {
        Switchboard found = switchboards.get(loop);
        if (found == null) {
            throw new IllegalStateException("a loop of somebody else's: " + loop);
        }
        return found;
    }

    /// The one of the loop that listens.
    Switchboard first() {
        return first;
    }

    Commons commons() {
        return commons;
    }

    Reception reception() {
        return reception;
    }

    ProxySettings settings() {
        return first.settings();
    }

    /// Other settings hold from now on.
    ///
    /// @throws ProxyException when a file that is needed for logins cannot be used, or there is too
    ///   little memory; then nothing has changed
    synchronized void renew(ProxySettings changed) {
        requireMemory(changed);
        var judge = new Reception(changed, networks.getFirst(), whereabouts);
        Reception former = reception;
        reception = judge;
        commons.statementRoom().change(changed.statementMemory());
        SharedRoom room = commons.room();
        if (room != null) {
            room.change(new Sized(changed));
        }
        List<Future<?>> renewed = onEach(switchboard -> switchboard.renew(changed, judge));
        networks.getFirst().loop().submit(former::close).syncUninterruptibly();
        renewed.forEach(Future::syncUninterruptibly);
    }

    /// Lets nobody begin anything new.
    void drain() {
        onEach(Switchboard::drain);
    }

    /// Ends whatever is left.
    void end() {
        onEach(Switchboard::end);
        networks.getFirst().loop().submit(reception::close).awaitUninterruptibly();
    }

    /// Waits until it is done, or has failed, on each loop.
    private List<Future<?>> onEach(Consumer<Switchboard> deed) {
        List<Future<?>> deeds = new ArrayList<>();
        for (Network network : networks) {
            Switchboard switchboard = of(network.loop());
            deeds.add(network.loop().submit(() -> deed.accept(switchboard)));
        }
        deeds.forEach(Future::awaitUninterruptibly);
        return deeds;
    }
}

package io.howdah.proxy.session;

import io.howdah.proxy.ProxyException;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.TakeoverSettings;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The open door, and its orderly end. Thread-safe.
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final long LOOK_AGAIN_MILLIS = 10;

    private final Transport transport;
    private final Loops loops;
    private final Channel channel;
    private final @Nullable Succession succession;
    private final AtomicBoolean closed = new AtomicBoolean();

    private Listener(
            Transport transport, Loops loops, Channel channel, @Nullable Succession succession) {
        this.transport = transport;
        this.loops = loops;
        this.channel = channel;
        this.succession = succession;
    }

    /// Opens the door, or takes over the one that another process holds open.
    ///
    /// @param topology of the cluster; null where no database is a cluster's
    /// @param arrival is called when nothing is missing any more, before the other process is told
    ///   to take no more clients; what it throws leaves that one serving
    /// @throws IOException when the address cannot be had, or is not handed over
    /// @throws ProxyException when a file that is needed for logins cannot be used
    public static Listener open(
            ProxySettings settings, @Nullable Topology topology, Runnable arrival)
            throws IOException {
        Transport transport = new Transport(settings.eventLoops());
        Loops loops;
        try {
            loops = new Loops(settings, transport.networks(), topology);
        } catch (ProxyException e) {
            transport.close();
            throw e;
        }
        try {
            TakeoverSettings takeover = settings.takeover();
            if (takeover == null) {
                Doorstep doorstep = Doorstep.prepare(transport, loops, null);
                arrival.run();
                return new Listener(transport, loops, doorstep.open(), null);
            }
            Predecessor former = Predecessor.find(transport, takeover.socket());
            Doorstep doorstep = Doorstep.prepare(transport, loops, former);
            var succession = new Succession(transport, loops.first(), takeover.socket());
            arrival.run();
            Channel channel = doorstep.open();
            succession.announce(channel);
            return new Listener(transport, loops, channel, succession);
        } catch (IOException | RuntimeException e) {
            loops.reception().close();
            transport.close();
            throw e;
        }
    }

    /// Completes when another process has taken over. Never where none can.
    public CompletableFuture<Void> takenOver() {
        return succession == null ? new CompletableFuture<>() : succession.over();
    }

    /// Completes when another process has taken over, and all clients have left, or have had as
    /// long as the settings said by then. Never where none can take over.
    public CompletableFuture<Void> succeeded() {
        return succession == null
                ? new CompletableFuture<>()
                : succession.over().thenCompose(_ -> deserted());
    }

    private CompletableFuture<Void> deserted() {
        TakeoverSettings takeover = loops.settings().takeover();
        Duration drain = takeover == null ? TakeoverSettings.DEFAULT_DRAIN : takeover.drain();
        log.info("another process has taken over; clients may stay for {}", drain);
        return emptied(this::isDeserted, drain);
    }

    /// Whether nobody is there, or on the way from the door to an event loop, and nobody has to be
    /// told of cancel requests.
    private boolean isDeserted() {
        return transport.clients() == 0 && !loops.commons().isFormerThere();
    }

    /// Where clients connect.
    public InetSocketAddress address() {
        return (InetSocketAddress) channel.localAddress();
    }

    /// Other settings hold from now on, all but the address.
    ///
    /// @throws ProxyException when a file that is needed for logins cannot be used; then nothing
    ///   has changed
    public void reload(ProxySettings changed) {
        loops.renew(changed);
    }

    /// By these rules clients are let in from now on.
    public void admit(AccessRules rules) {
        loops.reception().admit(rules);
    }

    /// Takes no more clients, lets those who are in a transaction end it for a while, and ends the
    /// rest.
    @Override
    public void close() {
        if (closed.getAndSet(true)) {
            return;
        }
        if (succession != null) {
            succession.close();
        }
        channel.close().awaitUninterruptibly();
        loops.drain();
        emptied(this::isEmpty, loops.settings().drain()).join();
        loops.end();
        transport.close();
    }

    /// Whether all clients that were let in are gone.
    private boolean isEmpty() {
        return loops.commons().headcount().sessions().get() == 0;
    }

    private CompletableFuture<Void> emptied(BooleanSupplier isEmpty, Duration bound) {
        var empty = new CompletableFuture<Void>();
        transport.first().execute(() -> completeWhen(isEmpty, empty));
        return empty.completeOnTimeout(null, Math.max(1, bound.toMillis()), TimeUnit.MILLISECONDS);
    }

    private void completeWhen(BooleanSupplier isEmpty, CompletableFuture<Void> empty) {
        if (isEmpty.getAsBoolean()) {
            empty.complete(null);
        } else if (!empty.isDone()) {
            var _ =
                    transport
                            .first()
                            .schedule(
                                    () -> completeWhen(isEmpty, empty),
                                    LOOK_AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS);
        }
    }
}

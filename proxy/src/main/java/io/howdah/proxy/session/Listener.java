package io.howdah.proxy.session;

import io.howdah.proxy.ProxyException;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The open door, and its orderly end. Thread-safe.
public final class Listener implements AutoCloseable {

    private static final long LOOK_AGAIN_MILLIS = 10;

    private final Transport transport;
    private final Whereabouts whereabouts;
    private final Switchboard switchboard;
    private final Channel channel;

    private Listener(
            Transport transport,
            Whereabouts whereabouts,
            Switchboard switchboard,
            Channel channel) {
        this.transport = transport;
        this.whereabouts = whereabouts;
        this.switchboard = switchboard;
        this.channel = channel;
    }

    /// Opens the door.
    ///
    /// @param topology of the cluster; null where no database is a cluster's
    /// @throws IOException when the address cannot be had
    /// @throws ProxyException when a file that is needed for logins cannot be used
    public static Listener open(ProxySettings settings, @Nullable Topology topology)
            throws IOException {
        Transport transport = new Transport();
        var whereabouts = new Whereabouts(topology);
        Reception reception;
        try {
            reception = new Reception(settings, transport.loop(), whereabouts);
        } catch (ProxyException e) {
            transport.close();
            throw e;
        }
        Switchboard switchboard = new Switchboard(settings, transport, reception, whereabouts);
        ChannelFuture bound =
                transport.listen(
                        settings.listen(),
                        settings.timeouts().unreachable(),
                        () -> new ClientDoor(switchboard));
        bound.awaitUninterruptibly();
        if (!bound.isSuccess()) {
            reception.close();
            transport.close();
            throw new IOException(String.valueOf(bound.cause().getMessage()), bound.cause());
        }
        return new Listener(transport, whereabouts, switchboard, bound.channel());
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
        var judge = new Reception(changed, transport.loop(), whereabouts);
        transport.loop().submit(() -> switchboard.renew(changed, judge)).syncUninterruptibly();
    }

    /// By these rules clients are let in from now on.
    public void admit(AccessRules rules) {
        switchboard.reception().admit(rules);
    }

    /// Takes no more clients, lets those who are in a transaction end it for a while, and ends the
    /// rest.
    @Override
    public void close() {
        channel.close().awaitUninterruptibly();
        var empty = new CompletableFuture<Void>();
        transport
                .loop()
                .execute(() -> {
                    switchboard.drain();
                    completeWhenEmpty(empty);
                });
        Duration drain = switchboard.settings().drain();
        empty.completeOnTimeout(null, Math.max(1, drain.toMillis()), TimeUnit.MILLISECONDS).join();
        transport.loop().submit(switchboard::end).awaitUninterruptibly();
        transport.close();
    }

    private void completeWhenEmpty(CompletableFuture<Void> empty) {
        if (switchboard.isEmpty()) {
            empty.complete(null);
        } else if (!empty.isDone()) {
            var _ =
                    transport
                            .loop()
                            .schedule(
                                    () -> completeWhenEmpty(empty),
                                    LOOK_AGAIN_MILLIS,
                                    TimeUnit.MILLISECONDS);
        }
    }
}

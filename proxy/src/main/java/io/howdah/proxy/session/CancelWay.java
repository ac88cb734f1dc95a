package io.howdah.proxy.session;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.encryption.ServerTls;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.settings.Peer;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.netty.channel.EventLoop;
import java.time.Duration;

/// Where a cancel request goes whose key a client has shown: to the session that has it, to the
/// proxy that made it, or to the process that served here before. For one event loop.
final class CancelWay {

    /// So many are under way to other proxies; more are forgotten.
    private static final int HANDED_ON_MAXIMUM = 256;

    private final Switchboard switchboard;
    private final Commons commons;

    CancelWay(Switchboard switchboard, Commons commons) {
        this.switchboard = switchboard;
        this.commons = commons;
    }

    /// @param atItsEnd called when the request has reached the server, or has nowhere to go
    void take(CancelKey key, Runnable atItsEnd) {
        Session session = commons.byKey().get(key.original());
        Peers peers = switchboard.settings().peers();
        Peer peer = peers.others().get(key.peer());
        EventLoop here = switchboard.network().loop();
        boolean foreign = !key.isHandedOn() && key.peer() != peers.own() && key.peer() != 0;
        if (session != null) {
            Commons.on(session.loop(), () -> session.cancel(() -> Commons.on(here, atItsEnd)));
        } else if (foreign && peer != null && mayHandOn()) {
            handOn(peer.address(), encryption(peer.tls()), key, atItsEnd);
        } else if (foreign && peers.further() != null && mayHandOn()) {
            find(encryption(peers.further()), key, atItsEnd);
        } else {
            before(key, atItsEnd);
        }
    }

    private ServerTls encryption(ServerTlsSettings tls) {
        return switchboard.reception().encryption(tls);
    }

    private boolean mayHandOn() {
        return Headcount.add(commons.handedOn(), HANDED_ON_MAXIMUM);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // a topology's answer does not fail
    private void find(ServerTls encryption, CancelKey key, Runnable atItsEnd) {
        EventLoop here = switchboard.network().loop();
        switchboard
                .whereabouts()
                .proxy(key.peer())
                .thenAccept(found ->
                        Commons.on(
                                here,
                                () ->
                                        found.ifPresentOrElse(
                                                address ->
                                                        handOn(address, encryption, key, atItsEnd),
                                                () -> {
                                                    commons.handedOn().decrementAndGet();
                                                    before(key, atItsEnd);
                                                })));
    }

    private void handOn(
            ServerAddress.Tcp address, ServerTls encryption, CancelKey key, Runnable atItsEnd) {
        CancelDelivery.send(
                switchboard,
                ServerPath.to(address, encryption),
                key.handedOn(),
                _ -> {
                    commons.handedOn().decrementAndGet();
                    atItsEnd.run();
                });
    }

    /// To the process that served before, if it has clients still.
    private void before(CancelKey key, Runnable atItsEnd) {
        Predecessor predecessor = commons.predecessor();
        if (predecessor == null) {
            atItsEnd.run();
            return;
        }
        EventLoop here = switchboard.network().loop();
        Duration bound = switchboard.settings().timeouts().cancelWait();
        Commons.on(
                predecessor.loop(),
                () -> predecessor.cancel(key.original(), bound, () -> Commons.on(here, atItsEnd)));
    }
}

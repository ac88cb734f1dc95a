package io.howdah.proxy;

import io.howdah.proxy.session.Listener;
import io.howdah.proxy.settings.ProxySettings;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;

/// A running proxy. Thread-safe.
public final class Proxy implements AutoCloseable {

    private final Listener listener;

    private Proxy(Listener listener) {
        this.listener = listener;
    }

    /// Starts to take clients. Servers are connected to when the first client asks for them.
    ///
    /// @throws ProxyException when the address cannot be listened on
    public static Proxy start(ProxySettings settings) {
        if (!Epoll.isAvailable()) {
            throw new ProxyException(
                    "Linux's epoll cannot be used here: " + Epoll.unavailabilityCause(),
                    "run the proxy on Linux (x86_64 or aarch64)",
                    Epoll.unavailabilityCause());
        }
        try {
            return new Proxy(Listener.open(settings));
        } catch (IOException e) {
            throw new ProxyException(
                    "cannot listen on " + settings.listen() + ": " + e.getMessage(),
                    "see what uses that port (ss -ltnp), or name another one under 'listen'",
                    e);
        }
    }

    /// Where clients connect.
    public InetSocketAddress address() {
        return listener.address();
    }

    /// Stops in order: takes no more clients, ends those that have nothing under way, waits for
    /// transactions to end as long as the settings say, and then ends the rest.
    @Override
    public void close() {
        listener.close();
    }
}

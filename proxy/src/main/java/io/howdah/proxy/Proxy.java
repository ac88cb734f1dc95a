package io.howdah.proxy;

import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.session.Listener;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.topology.Topology;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A running proxy. Thread-safe.
public final class Proxy implements AutoCloseable {

    private final ProxySettings started;
    private final Listener listener;
    private final @Nullable Topology topology;

    private Proxy(ProxySettings started, Listener listener, @Nullable Topology topology) {
        this.started = started;
        this.listener = listener;
        this.topology = topology;
    }

    /// Starts to take clients. Servers are connected to when the first client asks for them.
    ///
    /// Where another process waits for a next one, its listening socket is taken over; what is not
    /// in order leaves it serving.
    ///
    /// @throws ProxyException when the address cannot be listened on
    public static Proxy start(ProxySettings settings) {
        return start(settings, () -> {});
    }

    /// As above.
    ///
    /// @param arrival is called when clients can be taken, before the process that has served is
    ///   told to take no more; what it throws leaves that one serving
    public static Proxy start(ProxySettings settings, Runnable arrival) {
        if (settings.needTopology()) {
            throw new IllegalArgumentException("a database is a cluster's, and which is not said");
        }
        return begin(settings, null, arrival);
    }

    /// Starts to take clients for databases of a cluster, and of other servers.
    ///
    /// @param topology tells where the cluster's primary is; closed with the proxy
    /// @throws ProxyException when the address cannot be listened on
    public static Proxy start(ProxySettings settings, Topology topology) {
        return start(settings, topology, () -> {});
    }

    /// As above.
    ///
    /// @param arrival is called when clients can be taken, before the process that has served is
    ///   told to take no more; what it throws leaves that one serving
    public static Proxy start(ProxySettings settings, Topology topology, Runnable arrival) {
        return begin(settings, topology, arrival);
    }

    private static Proxy begin(
            ProxySettings settings, @Nullable Topology topology, Runnable arrival) {
        if (!Epoll.isAvailable()) {
            throw new ProxyException(
                    "Linux's epoll cannot be used here: " + Epoll.unavailabilityCause(),
                    "run the proxy on Linux (x86_64 or aarch64)",
                    Epoll.unavailabilityCause());
        }
        try {
            return new Proxy(settings, Listener.open(settings, topology, arrival), topology);
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

    /// Other settings hold from now on, and files are read again. Nobody has to leave but the
    /// clients of databases that are not there any more, and these when their transaction ends;
    /// connections to what is somewhere else now end when they come back.
    ///
    /// @return the keys of what is different and cannot be changed
    /// @throws ProxyException when the settings cannot be used; then nothing has changed
    public List<String> reload(ProxySettings changed) {
        if (changed.needTopology() && topology == null) {
            throw new ProxyException(
                    "a database is a cluster's, and this proxy was started for none",
                    "start it anew",
                    null);
        }
        listener.reload(changed);
        return Stream.of(
                        changed.listen().equals(started.listen()) ? "" : "listen",
                        changed.eventLoops() == started.eventLoops() ? "" : "event-loops",
                        Objects.equals(socket(changed), socket(started)) ? "" : "takeover.socket")
                .filter(key -> !key.isEmpty())
                .toList();
    }

    private static @Nullable Path socket(ProxySettings settings) {
        return settings.takeover() == null ? null : settings.takeover().socket();
    }

    /// By these rules clients are let in from now on; those who are in stay.
    public void admit(AccessRules rules) {
        listener.admit(rules);
    }

    /// Completes when another process has taken over: this one takes no more clients, and serves
    /// those that it has. Never where none can take over.
    public CompletableFuture<Void> takenOver() {
        return listener.takenOver();
    }

    /// Waits until another process has taken over and all clients have left, or have had as long as
    /// the settings say. What is left to do is [#close]. Returns never where none can take over.
    public void awaitSuccessor() throws InterruptedException {
        try {
            listener.succeeded().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Stops in order: takes no more clients, ends those that have nothing under way, waits for
    /// transactions to end as long as the settings say, and then ends the rest.
    @Override
    public void close() {
        listener.close();
        if (topology != null) {
            topology.close();
        }
    }
}

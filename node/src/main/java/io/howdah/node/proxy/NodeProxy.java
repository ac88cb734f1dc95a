package io.howdah.node.proxy;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.LeadershipReport;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.KeyUpkeep;
import io.howdah.node.beside.BesideArrival;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.beside.BesideProcess;
import io.howdah.node.configuration.ConfigurationException;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.ProxyConfiguration;
import io.howdah.proxy.Proxy;
import io.howdah.proxy.settings.ProxySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The proxy beside a node, in its own process. Takes clients as soon as it has been told who may
/// come in, and serves on while its agent is away.
public final class NodeProxy implements AutoCloseable {

    /// An agent that says nothing for so long hangs: others are asked.
    private static final Duration SILENCE = Duration.ofSeconds(3);

    private static final Logger LOG = LoggerFactory.getLogger(NodeProxy.class);

    private final BesideArrival arrival;
    private final ClusterTopology topology;
    private final AgentStream stream;
    private @Nullable KeyUpkeep upkeep;
    private final CompletableFuture<List<String>> firstAccess = new CompletableFuture<>();
    private volatile boolean agreed = true;
    private @Nullable Proxy proxy; // guarded by this

    /// Who may connect from where, at the moment.
    private @Nullable List<String> access; // guarded by this

    /// What howdah.yaml says of that; null where it leaves it to the cluster.
    private @Nullable List<String> ownAccess; // guarded by this

    /// What the cluster has agreed on, as was heard last; null before that.
    private @Nullable List<String> agreedAccess; // guarded by this

    private NodeProxy(NodeConfiguration configuration, BesideArrival arrival) {
        this.arrival = arrival;
        ProxyConfiguration wanted = Objects.requireNonNull(configuration.proxy());
        this.ownAccess = wanted.access();
        if (ownAccess != null) {
            firstAccess.complete(ownAccess);
        }
        stream =
                new AgentStream(
                        ProxyStream.socket(BesideFiles.proxy(configuration.directory())),
                        this::heard);
        List<URI> nodes =
                configuration.nodes().values().stream()
                        .map(node -> URI.create(configuration.apiUrl(node)))
                        .toList();
        var client = new ApiClient(nodes, credentials(configuration));
        topology =
                new ClusterTopology(
                        new LinuxBootClock(),
                        nodes,
                        () -> client,
                        () -> !agreed || !stream.isHeard(SILENCE));
    }

    /// Starts it and returns when it takes clients. Another proxy of this node that serves until
    /// then takes no more from that moment on.
    ///
    /// @param configuration of the node; with a proxy
    /// @param version of Howdah
    /// @param arriving is called right before it takes clients
    /// @return empty where another proxy of this node does the same, or is coming
    /// @throws RuntimeException when it cannot start, with a fact and a HINT
    public static Optional<NodeProxy> start(
            NodeConfiguration configuration, String version, Runnable arriving) {
        requireProxy(configuration);
        try {
            Optional<BesideArrival> arrival =
                    BesideProcess.come(
                            BesideFiles.proxy(configuration.directory()),
                            NodeProxySettings.fingerprint(configuration, version));
            if (arrival.isEmpty()) {
                return Optional.empty();
            }
            var started = new NodeProxy(configuration, arrival.get());
            started.run(configuration, arriving);
            return Optional.of(started);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start the proxy of " + configuration.node(), e);
        }
    }

    private static void requireProxy(NodeConfiguration configuration) {
        if (configuration.proxy() == null) {
            throw new ConfigurationException(
                    "node " + configuration.node() + " has no proxy",
                    "add the section 'proxy' to its howdah.yaml",
                    null);
        }
    }

    /// The node's own. Renewed files are taken up; to renew them is the agent's.
    private Credentials credentials(NodeConfiguration configuration) {
        KeyFiles files = configuration.tls();
        if (files == null) {
            return Credentials.none();
        }
        KeyMaterial keys =
                KeyMaterial.load(
                        new KeyFiles(files.authority(), files.certificate(), files.key(), null));
        upkeep = new KeyUpkeep(keys, configuration.self().host(), InstantSource.system());
        return Credentials.of(keys);
    }

    private void run(NodeConfiguration configuration, Runnable arriving) {
        if (upkeep != null) {
            upkeep.start();
        }
        stream.start();
        topology.start();
        if (!firstAccess.isDone()) {
            LOG.info("waiting to be told who may come in");
        }
        List<String> lines = firstAccess.join();
        // This may take seconds, in which the agent is heard.
        ProxySettings settings = NodeProxySettings.of(configuration, lines);
        runs(Proxy.start(settings, topology, () -> arrive(arriving)), lines);
        stream.greet(new Greeting(reachedAt(configuration, address())));
        var _ =
                running()
                        .takenOver()
                        .thenRunAsync(
                                () -> stream.greet(new Greeting(null)), Thread::startVirtualThread);
    }

    /// @param lines by which it was started; others may have been agreed on meanwhile
    private synchronized void runs(Proxy started, List<String> lines) {
        proxy = started;
        access = lines;
        if (ownAccess == null && agreedAccess != null) {
            admit(agreedAccess);
        }
    }

    private void arrive(Runnable arriving) {
        arriving.run();
        try {
            arrival.arrive();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot take the place of the proxy that serves", e);
        }
    }

    private synchronized Proxy running() {
        return Objects.requireNonNull(proxy);
    }

    /// As others write it.
    private static String reachedAt(NodeConfiguration configuration, InetSocketAddress bound) {
        InetAddress address = bound.getAddress();
        String host =
                address.isAnyLocalAddress()
                        ? configuration.self().host()
                        : address.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + bound.getPort();
    }

    private void heard(LeadershipReport report) {
        agreed = report.agreed();
        topology.hearOwn(report);
        if (report.access() != null) {
            agreedOn(report.access());
        }
    }

    private synchronized void agreedOn(List<String> lines) {
        agreedAccess = lines;
        if (ownAccess == null) {
            firstAccess.complete(lines);
            admit(lines);
        }
    }

    private synchronized void admit(List<String> lines) {
        if (proxy != null && !lines.equals(access)) {
            access = lines;
            proxy.admit(NodeProxySettings.rules(lines));
            LOG.info("the cluster's access rules have changed: {} lines", lines.size());
        }
    }

    /// What the section `proxy` says now holds from now on; nobody has to leave for it.
    ///
    /// @return the keys of what is different and needs a restart
    /// @throws RuntimeException when it cannot be used; then nothing has changed
    public synchronized List<String> reload(NodeConfiguration changed) {
        requireProxy(changed);
        List<String> own = Objects.requireNonNull(changed.proxy()).access();
        List<String> lines = own != null ? own : agreedAccess != null ? agreedAccess : access;
        List<String> kept =
                running().reload(NodeProxySettings.of(changed, Objects.requireNonNull(lines)));
        ownAccess = own;
        access = lines;
        return kept;
    }

    /// Where it takes clients.
    public InetSocketAddress address() {
        return running().address();
    }

    /// Waits until another proxy of this node has taken over and all clients have left, or have had
    /// as long as they may stay. What is left to do is [#close].
    public void awaitSuccessor() throws InterruptedException {
        running().awaitSuccessor();
    }

    /// Stops in order, within the time that is given to transactions.
    @Override
    public void close() {
        Proxy running;
        synchronized (this) {
            running = proxy;
        }
        if (running != null) {
            running.close();
        }
        stream.close();
        topology.close();
        if (upkeep != null) {
            upkeep.close();
        }
        try {
            arrival.close();
        } catch (IOException e) {
            LOG.debug("the claim ends with this process: {}", e.getMessage());
        }
    }
}

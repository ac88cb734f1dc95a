package io.howdah.cli;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.configuration.ConfigurationException;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.node.configuration.ProxyConfigurationFile;
import io.howdah.node.configuration.ProxyFile;
import io.howdah.node.proxy.ClusterProxy;
import io.howdah.node.proxy.NodeProxy;
import io.howdah.proxy.Proxy;
import io.howdah.proxy.ProxyException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/// `howdah proxy`.
@Command(
        name = "proxy",
        description = {
            "Run a connection pool in front of PostgreSQL, or of a cluster's primary.",
            "SIGHUP makes it read its configuration again, SIGTERM lets transactions end, and then the"
                    + " proxy."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah proxy --config /etc/howdah/proxy.yaml"})
final class ProxyCommand implements Callable<Integer> {

    private static final Logger log = LoggerFactory.getLogger(ProxyCommand.class);

    @ParentCommand private Howdah howdah = new Howdah();

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "What the proxy is told; docs/proxy.yaml.example explains every key.")
    private @Nullable Path config;

    @Option(
            names = "--node-config",
            paramLabel = "FILE",
            description =
                    "Instead: the howdah.yaml of the node that it stands beside. A node starts its proxy so by itself.")
    private @Nullable Path nodeConfig;

    @Mixin private LogOptions logOptions = new LogOptions();

    ProxyCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        Path own = config;
        Path ofNode = nodeConfig;
        if ((own == null) == (ofNode == null)) {
            throw CommandFailure.wrongUsage(
                    "either --config or --node-config is needed",
                    "howdah proxy --config /etc/howdah/proxy.yaml");
        }
        logOptions.apply(howdah.debug());
        FailedThreads.endTheProcess();
        keepNoAddresses();
        if (own != null) {
            alone(own.toAbsolutePath());
        } else if (ofNode != null) {
            besideANode(ofNode.toAbsolutePath());
        }
        return 0;
    }

    private void alone(Path file) throws InterruptedException {
        ProxyFile settings = ProxyConfigurationFile.read(file);
        var coming = new ComingProxy<Proxy>(Proxy::close);
        onHangup(file, () -> reload(coming.await(), settings, ProxyConfigurationFile.read(file)));
        Proxy proxy =
                coming.start(() -> Optional.of(ClusterProxy.start(settings, coming::stopAtTheEnd)))
                        .orElseThrow();
        sayWhere(proxy.address());
        proxy.awaitSuccessor();
    }

    private static List<String> reload(Proxy proxy, ProxyFile started, ProxyFile changed) {
        var kept = new ArrayList<>(proxy.reload(changed.settings()));
        if (!Objects.equals(changed.cluster(), started.cluster())) {
            kept.add("cluster");
        }
        return kept;
    }

    private void besideANode(Path file) throws InterruptedException {
        NodeConfiguration configuration = NodeConfigurationFile.read(file);
        var coming = new ComingProxy<NodeProxy>(NodeProxy::close);
        onHangup(file, () -> coming.await().reload(NodeConfigurationFile.read(file)));
        Optional<NodeProxy> proxy =
                coming.start(() ->
                        NodeProxy.start(configuration, Version.number(), coming::stopAtTheEnd));
        if (proxy.isEmpty()) {
            log.info("another proxy of this node runs, or is about to");
            return;
        }
        sayWhere(proxy.get().address());
        proxy.get().awaitSuccessor();
    }

    private static void sayWhere(InetSocketAddress address) {
        log.info(
                "howdah {} listens on {} (pid {})",
                Version.number(),
                address,
                ProcessHandle.current().pid());
    }

    private void onHangup(Path file, Supplier<List<String>> take) {
        Signals.onArrival("HUP", () -> reload(file, take));
    }

    /// What cannot be used leaves everything as it was.
    private synchronized void reload(Path file, Supplier<List<String>> take) {
        try {
            List<String> kept = take.get();
            log.info("{} was read again", file);
            kept.forEach(key -> log.warn("'{}' is different there; that needs a restart", key));
        } catch (ConfigurationException | ProxyException e) {
            log.error("the settings that hold go on holding: {}", e.getMessage());
        } catch (RuntimeException e) {
            log.error("the settings that hold go on holding, for a fault of Howdah's own", e);
        }
    }

    /// Java remembers the addresses of names, and that there were none, unless it is told before
    /// the first lookup.
    private static void keepNoAddresses() {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
    }
}

package io.howdah.node.proxy;

import io.howdah.cluster.lease.LinuxBootClock;
import io.howdah.node.api.ApiClient;
import io.howdah.node.configuration.ProxyFile;
import io.howdah.proxy.Proxy;
import java.util.function.Supplier;

/// A proxy that stands by itself, on a host of the application's: for servers that are named, and
/// for a cluster whose nodes are asked who leads.
public final class ClusterProxy {

    private ClusterProxy() {}

    /// Starts to take clients.
    ///
    /// @param arrival is called right before that
    /// @throws RuntimeException when it cannot start, with a fact and a HINT
    public static Proxy start(ProxyFile file, Runnable arrival) {
        ProxyFile.Cluster cluster = file.cluster();
        if (cluster == null) {
            return Proxy.start(file.settings(), arrival);
        }
        var open = new ApiClient(cluster.api());
        Supplier<ApiClient> client =
                cluster.credentials() == null
                        ? () -> open
                        : new RenewedClient(cluster.api(), cluster.credentials());
        var topology = new ClusterTopology(new LinuxBootClock(), cluster.api(), client, () -> true);
        topology.start();
        return Proxy.start(file.settings(), topology, arrival);
    }
}

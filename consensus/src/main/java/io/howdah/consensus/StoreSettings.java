package io.howdah.consensus;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a node must know to open its store. Immutable.
///
/// @param cluster the cluster's name: peers of another cluster are refused
/// @param nodeName this node's name
/// @param directory where the log and the snapshots lie; created if missing, used by one process
/// @param host where to listen, and where the others find this node; it binds to nothing else
/// @param port where to listen, 1 to 65535
/// @param configuredNodes the names of all nodes that the first group is made of; this one may be
///   among them
/// @param electionMinimum the shortest silence of a leader after which a peer stands for election;
///   the leader is heard of in half of it
/// @param electionMaximum the longest such silence, above the minimum. A follower looks once in
///   such a time, so a lost leader may go unnoticed for twice as long: keep that well below what a
///   lease can do without its store
/// @param requestTimeout the bound of `submit` and `read`
/// @param transport how peers talk to each other
public record StoreSettings(
        String cluster,
        String nodeName,
        Path directory,
        String host,
        int port,
        List<String> configuredNodes,
        Duration electionMinimum,
        Duration electionMaximum,
        Duration requestTimeout,
        Transport transport) {

    /// @throws IllegalArgumentException if the values contradict each other
    public StoreSettings {
        configuredNodes = List.copyOf(configuredNodes);
        if (cluster.isBlank() || nodeName.isBlank() || host.isBlank()) {
            throw new IllegalArgumentException("cluster, node name and host must not be blank");
        }
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("not a port: " + port);
        }
        if (electionMinimum.toMillis() < 50 || electionMaximum.compareTo(electionMinimum) <= 0) {
            throw new IllegalArgumentException(
                    "election timeouts must be 50 ms or more, and the maximum above the minimum: "
                            + electionMinimum
                            + ", "
                            + electionMaximum);
        }
        if (requestTimeout.compareTo(electionMaximum) < 0) {
            throw new IllegalArgumentException(
                    "the request timeout "
                            + requestTimeout
                            + " leaves no time for an election of up to "
                            + electionMaximum);
        }
    }

    /// Settings with the usual times: elections after 400 to 600 ms of silence, requests bounded by
    /// 1.5 s; plain transport.
    public static StoreSettings of(
            String cluster,
            String nodeName,
            Path directory,
            String host,
            int port,
            List<String> configuredNodes) {
        return new StoreSettings(
                cluster,
                nodeName,
                directory,
                host,
                port,
                configuredNodes,
                Duration.ofMillis(400),
                Duration.ofMillis(600),
                Duration.ofMillis(1500),
                new Transport.Plain());
    }

    /// The same with other election timeouts.
    public StoreSettings withElection(Duration minimum, Duration maximum) {
        return new StoreSettings(
                cluster,
                nodeName,
                directory,
                host,
                port,
                configuredNodes,
                minimum,
                maximum,
                requestTimeout,
                transport);
    }

    /// The same with another bound of `submit` and `read`.
    public StoreSettings withRequestTimeout(Duration timeout) {
        return new StoreSettings(
                cluster,
                nodeName,
                directory,
                host,
                port,
                configuredNodes,
                electionMinimum,
                electionMaximum,
                timeout,
                transport);
    }

    /// The same with another way to talk to peers.
    public StoreSettings withTransport(Transport other) {
        return new StoreSettings(
                cluster,
                nodeName,
                directory,
                host,
                port,
                configuredNodes,
                electionMinimum,
                electionMaximum,
                requestTimeout,
                other);
    }
}

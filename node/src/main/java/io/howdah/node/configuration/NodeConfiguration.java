package io.howdah.node.configuration;

import io.howdah.cluster.deadman.WatchdogOrder;
import io.howdah.node.authority.KeyFiles;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Everything that `howdah.yaml` says, with defaults filled in and paths made absolute. Immutable.
///
/// @param cluster the cluster's name
/// @param node this node's name, one of `nodes`
/// @param directory where this node keeps everything, absolute
/// @param lease how long a primary may go on without a confirmation; 1 s to 60 s. Everybody goes by
///   the primary's own, so that it can be changed node by node
/// @param durability what a primary does when it is alone
/// @param synchronousStandbys how many standbys must have flushed a commit
/// @param nodes every node by its name, this one included, in the file's order
/// @param tags what the operator says about this node
/// @param postgres how this node's PostgreSQL is to be; null only on a witness
/// @param tls where this node's key and certificates lie; null: nothing is encrypted, for loopback
/// @param api who may ask this node's API
/// @param callbacks programs of the operator's
/// @param watchdog what resets this host when nothing on it is run any more; with one, `lease` is 4
///   s or more
/// @param proxy the door for applications beside this node; null: none
/// @param backup where this node's WAL is archived while it leads; null: nowhere
public record NodeConfiguration(
        String cluster,
        String node,
        Path directory,
        Duration lease,
        Durability durability,
        SynchronousStandbys synchronousStandbys,
        Map<String, NodeAddress> nodes,
        Tags tags,
        @Nullable PostgresConfiguration postgres,
        @Nullable KeyFiles tls,
        ApiAccess api,
        Callbacks callbacks,
        Watchdog watchdog,
        @Nullable ProxyConfiguration proxy,
        @Nullable BackupConfiguration backup) {

    /// What a node's name looks like.
    private static final Pattern NODE_NAME = Pattern.compile("[a-z][a-z0-9_]{0,30}");

    private static final Pattern CLUSTER_NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

    /// @throws IllegalArgumentException when a value is out of range or two values contradict each
    ///   other
    public NodeConfiguration {
        if (!CLUSTER_NAME.matcher(cluster).matches()) {
            throw new InvalidValueException(
                    "cluster",
                    "is '"
                            + cluster
                            + "', not a lower-case letter and up to 62 lower-case letters, digits, dashes and"
                            + " underscores");
        }
        if (lease.compareTo(Duration.ofSeconds(1)) < 0
                || lease.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new InvalidValueException(
                    "lease", "is " + DurationText.write(lease) + ", not between 1s and 60s");
        }
        if (watchdog.mode() != Watchdog.Mode.OFF
                && lease.compareTo(WatchdogOrder.SHORTEST_LEASE) < 0) {
            throw new InvalidValueException(
                    "watchdog",
                    "needs a lease of %s or more, and lease is %s (a watchdog counts whole seconds, and may wait for a quarter of the lease)"
                            .formatted(
                                    DurationText.write(WatchdogOrder.SHORTEST_LEASE),
                                    DurationText.write(lease)));
        }
        if (!directory.isAbsolute()) {
            throw new InvalidValueException(
                    "directory", "is '" + directory + "', which is not absolute");
        }
        nodes = Collections.unmodifiableMap(new LinkedHashMap<>(nodes));
        for (String name : nodes.keySet()) {
            requireName(name);
        }
        NodeAddress self = nodes.get(node);
        if (self == null) {
            throw new InvalidValueException(
                    "node",
                    "is '"
                            + node
                            + "', which is not one of the nodes ("
                            + String.join(", ", nodes.keySet())
                            + ")");
        }
        if (postgres == null && !self.witness()) {
            throw new InvalidValueException("postgres", "is missing (only a witness has none)");
        }
        requireProxy(proxy, self);
        if (backup != null && self.witness()) {
            throw new InvalidValueException("backup", "is given, but a witness has no WAL");
        }
        requireDistinctPorts(nodes);
        requireEnoughStandbys(synchronousStandbys, nodes);
    }

    /// Where this node's database lies, absolute; null on a witness.
    public @Nullable Path dataDirectory() {
        return postgres == null
                ? null
                : Objects.requireNonNullElse(
                        postgres.dataDirectory(), directory.resolve("postgres").resolve("data"));
    }

    private static void requireProxy(@Nullable ProxyConfiguration proxy, NodeAddress self) {
        if (proxy == null) {
            return;
        }
        if (self.witness()) {
            throw new InvalidValueException(
                    "proxy", "is given, but a witness has no password to look roles up with");
        }
        int port = proxy.listen().getPort();
        if (self.ports().contains(port)) {
            throw new InvalidValueException(
                    "proxy", "listens on port " + port + ", which is another of this node's");
        }
    }

    /// Checks a node's name.
    static void requireName(String name) {
        if (!NODE_NAME.matcher(name).matches()) {
            throw new InvalidValueException(
                    name,
                    "is not a name of a lower-case letter and up to 30 lower-case letters, digits"
                            + " and underscores");
        }
    }

    private static void requireDistinctPorts(Map<String, NodeAddress> nodes) {
        var taken = new HashMap<String, String>();
        nodes.forEach((name, address) ->
                address.ports()
                        .forEach(port -> {
                            String place = address.bracketedHost() + ":" + port;
                            String other = taken.putIfAbsent(place, name);
                            if (other != null) {
                                throw new InvalidValueException(
                                        "nodes",
                                        "has " + place + " for both " + other + " and " + name);
                            }
                        }));
    }

    private static void requireEnoughStandbys(
            SynchronousStandbys synchronousStandbys, Map<String, NodeAddress> nodes) {
        long others = nodes.values().stream().filter(address -> !address.witness()).count() - 1;
        if (others < 0) {
            throw new InvalidValueException("nodes", "has witnesses only");
        }
        if (synchronousStandbys instanceof SynchronousStandbys.Exactly(int count)
                && count > others) {
            throw new InvalidValueException(
                    "synchronous-standbys",
                    "is "
                            + count
                            + ", but a primary has at most "
                            + others
                            + (others == 1 ? " other that runs" : " others that run")
                            + " PostgreSQL");
        }
    }

    /// The base URL of a node's API.
    public String apiUrl(NodeAddress address) {
        return apiUrl(address.host(), address.apiPort());
    }

    /// The base URL of the API of a node that is not in this file.
    ///
    /// @param host a name or an address, IPv6 without brackets
    public String apiUrl(String host, int apiPort) {
        return (tls == null ? "http://" : "https://")
                + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
                + ":"
                + apiPort;
    }

    /// This node's address.
    public NodeAddress self() {
        return Objects.requireNonNull(nodes.get(node), node);
    }
}

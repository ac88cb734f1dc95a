package io.howdah.cli.demo;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiClient;
import io.howdah.node.authority.Credentials;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a demo is made with; never changed afterwards. Immutable.
///
/// @param nodes how many nodes, 1 to 9, the witness included
/// @param basePort the ports of node i are this plus i, and plus 20, 30 and 40 more; 1 to 65000
/// @param postgres `auto`, `embedded` or the absolute path of a bin directory
/// @param nodesDirectory where the nodes' directories lie, absolute
/// @param witness whether the last node is a witness: it votes, and runs no PostgreSQL
/// @param network where each node is a host of its own: the first three numbers of their addresses,
///   with their dots; null: all nodes are on this machine's loopback address and its disk
public record DemoSettings(
        int nodes,
        int basePort,
        String postgres,
        Path nodesDirectory,
        boolean witness,
        @Nullable String network) {

    /// The greatest number of nodes: a tenth would use the ports of the next kind.
    public static final int NODES_MAXIMUM = 9;

    private static final int BASE_PORT_MAXIMUM = 65_000;
    private static final String LOOPBACK = "127.0.0.1";

    /// A port that the demo listens on, and what for.
    ///
    /// @param number the port
    /// @param node whose it is
    /// @param use such as `PostgreSQL`
    public record Port(int number, String node, String use) {}

    /// @throws CommandFailure when a number is out of range
    public DemoSettings {
        if (nodes < 1 || nodes > NODES_MAXIMUM) {
            throw CommandFailure.wrongUsage(
                    nodes + " nodes are not possible",
                    "use --nodes 1 to " + NODES_MAXIMUM + "; 3 survive the loss of one");
        }
        if (witness && nodes < 2) {
            throw CommandFailure.wrongUsage(
                    "a witness alone is no cluster", "use --nodes 2 --witness");
        }
        if (basePort < 1 || basePort > BASE_PORT_MAXIMUM) {
            throw CommandFailure.wrongUsage(
                    "base port " + basePort + " is out of range",
                    "use --base-port 1024 to " + BASE_PORT_MAXIMUM);
        }
    }

    /// Without a witness and without hosts.
    public DemoSettings(int nodes, int basePort, String postgres, Path nodesDirectory) {
        this(nodes, basePort, postgres, nodesDirectory, false, null);
    }

    /// Its hosts; empty when all its nodes share this machine's network and disk.
    public Optional<DemoHosts> hosts() {
        return network == null ? Optional.empty() : Optional.of(new DemoHosts(this, network));
    }

    /// The address of node `i` (from 1).
    public String address(int i) {
        return hosts().map(hosts -> hosts.address(i)).orElse(LOOPBACK);
    }

    /// Who may log in from where, as `pg_hba.conf` has addresses: everybody who can reach a node.
    String clients() {
        return network == null ? LOOPBACK + "/32" : network + "0/24";
    }

    /// How many nodes run PostgreSQL: the first of them.
    public int dataNodes() {
        return witness ? nodes - 1 : nodes;
    }

    /// Whether node `i` (from 1) is the witness.
    boolean isWitness(int i) {
        return i > dataNodes();
    }

    /// `n1`, `n2` and so on.
    public List<String> nodeNames() {
        return IntStream.rangeClosed(1, nodes).mapToObj(i -> "n" + i).toList();
    }

    /// Where node `i` (from 1) keeps everything.
    public Path nodeDirectory(int i) {
        return nodesDirectory.resolve("n" + i);
    }

    /// What node `i` (from 1) is told.
    Path configuration(int i) {
        return nodeDirectory(i).resolve("howdah.yaml");
    }

    /// Whether node `i` (from 1) has a proxy; none in a demo that was made when there were none, or
    /// whose owner has taken it out.
    boolean hasProxy(int i) {
        return !isWitness(i)
                && (!Files.exists(configuration(i))
                        || DemoFiles.hasSection(configuration(i), "proxy"));
    }

    /// The proxy's port on node `i`.
    public int proxyPort(int i) {
        return basePort + i;
    }

    /// Where clients reach the proxy of node `i`: `127.0.0.1:6501`.
    public String proxyAddress(int i) {
        return address(i) + ":" + proxyPort(i);
    }

    /// PostgreSQL's port on node `i`.
    public int postgresPort(int i) {
        return basePort + 20 + i;
    }

    /// Where clients reach PostgreSQL on node `i`: `127.0.0.1:6521`.
    public String postgresAddress(int i) {
        return address(i) + ":" + postgresPort(i);
    }

    /// The API's port on node `i`.
    public int apiPort(int i) {
        return basePort + 30 + i;
    }

    /// The consensus' port on node `i`.
    public int consensusPort(int i) {
        return basePort + 40 + i;
    }

    /// Every port, node by node.
    public List<Port> ports() {
        return IntStream.rangeClosed(1, nodes)
                .boxed()
                .flatMap(i ->
                        Stream.of(
                                        new Port(proxyPort(i), "n" + i, "proxy"),
                                        new Port(postgresPort(i), "n" + i, "PostgreSQL"),
                                        new Port(apiPort(i), "n" + i, "API"),
                                        new Port(consensusPort(i), "n" + i, "consensus"))
                                .skip(isWitness(i) ? 2 : hasProxy(i) ? 0 : 1))
                .toList();
    }

    /// The base URL of every node's API.
    public List<String> apiUrls() {
        return IntStream.rangeClosed(1, nodes).mapToObj(this::apiUrl).toList();
    }

    /// The base URL of the API of node `i`.
    public String apiUrl(int i) {
        return "https://" + address(i) + ":" + apiPort(i);
    }

    /// The administrator's credentials; none in a demo that was never started since it needs them.
    public Credentials credentials() {
        Path admin = new ClusterDirectory(nodesDirectory).admin();
        return Files.exists(admin) ? Credentials.read(admin) : Credentials.none();
    }

    /// Asks the demo as its administrator.
    public ApiClient client() {
        return ApiClient.of(String.join(",", apiUrls()), credentials());
    }

    /// A libpq URL that leads to the primary through any node's proxy; past them where there are
    /// none.
    public String connectionUrl() {
        String hosts =
                IntStream.rangeClosed(1, dataNodes())
                        .filter(this::hasProxy)
                        .mapToObj(this::proxyAddress)
                        .collect(Collectors.joining(","));
        return hosts.isEmpty() ? directUrl() : "postgresql://app:app@" + hosts + "/app";
    }

    /// A libpq URL that leads to whichever node is the primary, past the proxies.
    public String directUrl() {
        String hosts =
                IntStream.rangeClosed(1, dataNodes())
                        .mapToObj(this::postgresAddress)
                        .collect(Collectors.joining(","));
        return "postgresql://app:app@" + hosts + "/app?target_session_attrs=read-write";
    }
}

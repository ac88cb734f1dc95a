package io.howdah.cli.network;

import io.howdah.cli.demo.ClusterWatch;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.NewCluster;
import io.howdah.cli.init.NewNode;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.OwnerFile;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A node on each of a virtual network's hosts, with what `howdah init` makes and the ports that
/// are usual. For one thread.
final class NetworkCluster implements AutoCloseable {

    static final List<String> NODES = List.of("n1", "n2", "n3");
    static final int CONSENSUS_PORT = 6541;

    private static final NewNode.Ports PORTS = new NewNode.Ports(5432, 6531, CONSENSUS_PORT, 0);
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql/15/bin");
    private static final int LOG_LINES = 40;

    private final Path folder;
    private final ClusterDirectory files;
    private final VirtualNetwork network;
    private final NodeRunner runner;

    /// Makes and starts it.
    ///
    /// @param folder a fresh one, as [#folder] makes it; closing deletes it
    /// @param runner runs the nodes; closed with this
    /// @param more keys for every node's howdah.yaml
    NetworkCluster(VirtualNetwork network, Path folder, NodeRunner runner, String more)
            throws IOException {
        this.network = network;
        this.folder = folder;
        this.runner = runner;
        files = new ClusterDirectory(folder.resolve("made"));
        new NewCluster(
                        "networks",
                        NODES.stream()
                                .map(node -> node + "=" + network.address(node))
                                .map(text -> NewNode.parse(text, PORTS, false))
                                .toList(),
                        runner.data(),
                        null,
                        Database.NAME,
                        CertificateAuthority.CERTIFICATE_LIFE)
                .writeTo(files, Instant.now());
        for (String node : NODES) {
            Path yaml = files.node(node).resolve("howdah.yaml");
            choosePostgres(yaml);
            Files.writeString(yaml, more, StandardOpenOption.APPEND);
            runner.start(node, files.node(node));
        }
    }

    /// A folder for one. (JUnit's own temporary directories are closed to the user that runs
    /// PostgreSQL.)
    static Path folder() throws IOException {
        Path folder = Files.createTempDirectory("howdah-network-test");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        return folder;
    }

    /// Applications come without TLS: a Java client that closes an encrypted connection waits as
    /// long again for an end that is cut off, which is nothing of the cluster's.
    private static void choosePostgres(Path yaml) throws IOException {
        String installation =
                Files.isExecutable(INSTALLED.resolve("postgres"))
                        ? INSTALLED.toString()
                        : "embedded";
        Files.writeString(
                yaml,
                Files.readString(yaml)
                        .replace("hostssl all", "host all")
                        .replace(
                                "postgres:\n",
                                "postgres:\n  installation: %s\n  memory-share: %d\n"
                                        .formatted(installation, NODES.size())));
    }

    /// Sees it as those nodes do, the first of them that answers.
    ClusterWatch watchFrom(List<String> nodes) {
        return new ClusterWatch(client(nodes), NODES.size(), this::logs);
    }

    /// Asks those nodes, the first of them that answers, as an administrator.
    ApiClient client(List<String> nodes) {
        return ApiClient.of(
                nodes.stream()
                        .map(node -> "https://" + network.address(node) + ":" + PORTS.api())
                        .collect(Collectors.joining(",")),
                Credentials.read(files.admin()));
    }

    /// Waits until a primary leads, all run, and the replicas are synchronous, as any node sees it.
    ClusterStatus awaitWhole() {
        return watchFrom(NODES).awaitWhole();
    }

    /// As its applications connect to it.
    Database database() {
        Map<String, String> addresses =
                NODES.stream()
                        .collect(
                                Collectors.toMap(
                                        Function.identity(),
                                        network::address,
                                        (first, _) -> first,
                                        LinkedHashMap::new));
        return new Database(
                addresses,
                OwnerFile.readSecret(files.node("n1").resolve("secrets/owner-password")).strip());
    }

    /// The end of every node's log.
    String logs() {
        var text = new StringBuilder();
        for (String node : NODES) {
            text.append("--- ").append(node).append('\n');
            try {
                List<String> lines = Files.readAllLines(runner.log(node));
                lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                        .forEach(line -> text.append(line).append('\n'));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    /// Stops the nodes in order and deletes what they have written.
    @Override
    public void close() {
        runner.close();
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(folder);
    }
}

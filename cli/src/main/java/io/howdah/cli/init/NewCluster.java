package io.howdah.cli.init;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.OwnerFile;
import io.howdah.node.authority.Role;
import io.howdah.node.configuration.NodeAddress;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.node.configuration.PostgresConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Makes everything that a new cluster needs before its first node starts. Immutable.
///
/// @param cluster the cluster's name
/// @param nodes its nodes
/// @param data where the nodes keep everything, on their hosts
/// @param former the database that it is to hold; null: a new one
/// @param database what it starts with; null: nothing
/// @param life how long certificates are valid
public record NewCluster(
        String cluster,
        List<NewNode> nodes,
        String data,
        @Nullable FormerDatabase former,
        @Nullable String database,
        Duration life) {

    private static final String REPLICATION = "replication-password";
    private static final String REWIND = "rewind-password";
    private static final String OWNER = "owner-password";
    private static final List<String> PASSWORDS = List.of(REPLICATION, REWIND, OWNER);

    /// Writes it.
    ///
    /// @throws CommandFailure when the directory is not empty or cannot be written, or the nodes
    ///   make no cluster
    public void writeTo(ClusterDirectory directory, Instant now) {
        requireEmpty(directory.path());
        Map<String, NodeAddress> addresses = addresses();
        var yaml = new NodeYaml(cluster, addresses, data, former, database);
        var passwords = new LinkedHashMap<String, String>();
        for (String name : PASSWORDS) {
            if (database != null || !name.equals(OWNER)) {
                passwords.put(name, ClusterDirectory.randomPassword());
            }
        }
        CertificateAuthority authority = directory.createAuthority(cluster, now);
        for (NewNode node : nodes) {
            Path secrets = directory.secrets(node.name());
            if (!node.address().witness()) {
                passwords.forEach((name, password) ->
                        OwnerFile.writeSecret(secrets.resolve(name), password + "\n"));
            }
            directory.writeNodeKeys(
                    authority, cluster, node.name(), node.address().host(), life, now);
            writeYaml(directory, yaml, node);
        }
        directory.writeClient(
                authority, cluster, "admin", Role.ADMIN, directory.admin(), life, now);
    }

    /// Adds a node to the ones that a directory has: with their passwords, and knowing them all.
    ///
    /// @throws CommandFailure when the directory has no cluster, or has this node already
    public static void addTo(
            ClusterDirectory directory, NewNode node, String data, Duration life, Instant now) {
        CertificateAuthority authority = directory.authority();
        if (Files.exists(directory.node(node.name()))) {
            throw CommandFailure.failed(
                    directory.node(node.name()) + " is there already",
                    "choose another name, or remove that directory if no node uses it");
        }
        Path known =
                directory.nodes().stream()
                        .map(directory::node)
                        .filter(path -> Files.exists(path.resolve("secrets").resolve(REPLICATION)))
                        .findFirst()
                        .orElseThrow(() ->
                                CommandFailure.failed(
                                        "there is no node with PostgreSQL in " + directory.path(),
                                        "name the directory that `howdah init` made"));
        var configuration = NodeConfigurationFile.read(known.resolve("howdah.yaml"));
        var addresses = new LinkedHashMap<>(configuration.nodes());
        addresses.put(node.name(), node.address());
        Path secrets = directory.secrets(node.name());
        if (!node.address().witness()) {
            for (String name : PASSWORDS) {
                Path file = known.resolve("secrets").resolve(name);
                if (Files.exists(file)) {
                    OwnerFile.writeSecret(secrets.resolve(name), OwnerFile.readSecret(file));
                }
            }
        }
        Path tokens = known.resolve("secrets").resolve("tokens");
        if (Files.exists(tokens)) {
            OwnerFile.writeSecret(secrets.resolve("tokens"), OwnerFile.readSecret(tokens));
        }
        directory.writeNodeKeys(
                authority, configuration.cluster(), node.name(), node.address().host(), life, now);
        writeYaml(
                directory,
                new NodeYaml(configuration.cluster(), addresses, data, former(configuration), null),
                node);
    }

    /// What the other nodes say, so that all say the same.
    private static @Nullable FormerDatabase former(NodeConfiguration configuration) {
        PostgresConfiguration postgres = configuration.postgres();
        return postgres == null || postgres.systemIdentifier() == null
                ? null
                : FormerDatabase.of(postgres.systemIdentifier().toString(), Map.of());
    }

    private Map<String, NodeAddress> addresses() {
        var addresses = new LinkedHashMap<String, NodeAddress>();
        for (NewNode node : nodes) {
            if (addresses.put(node.name(), node.address()) != null) {
                throw CommandFailure.wrongUsage(
                        "there are two nodes named " + node.name(), "give each its own name");
            }
        }
        return addresses;
    }

    /// Checked as a node would, before it is left to one: a name that is none, two nodes at one
    /// place.
    private static void writeYaml(ClusterDirectory directory, NodeYaml yaml, NewNode node) {
        Path file = directory.node(node.name()).resolve("howdah.yaml");
        OwnerFile.writeOpen(file, yaml.of(node.name(), node.proxyPort()));
        NodeConfigurationFile.read(file);
    }

    private static void requireEmpty(Path directory) {
        if (!Files.exists(directory)) {
            return;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            if (entries.findAny().isEmpty()) {
                return;
            }
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot look into " + directory + ": " + e, "choose another --output", e);
        }
        throw CommandFailure.failed(
                directory + " is not empty",
                "choose another --output; what `howdah init` made is never overwritten");
    }
}

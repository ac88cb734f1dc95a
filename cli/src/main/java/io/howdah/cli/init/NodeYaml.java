package io.howdah.cli.init;

import io.howdah.node.configuration.NodeAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes a new node's `howdah.yaml`. Immutable.
///
/// @param cluster the cluster's name
/// @param nodes every node by its name, in the file's order
/// @param data where the nodes keep everything, on their hosts
/// @param former the database that the cluster is to hold; null: a new one
/// @param database what a new cluster starts with, owned by a role of the same name; null: nothing
record NodeYaml(
        String cluster,
        Map<String, NodeAddress> nodes,
        String data,
        @Nullable FormerDatabase former,
        @Nullable String database) {

    /// @param proxyPort where the node's proxy takes clients; 0: it has none
    String of(String node, int proxyPort) {
        var text =
                new StringBuilder(
                        """
                        # Node %s of cluster %s. docs/howdah.yaml.example explains every key.
                        cluster: %s
                        node: %s
                        directory: %s

                        nodes:
                        """
                                .formatted(
                                        node,
                                        cluster,
                                        cluster,
                                        node,
                                        NodeKeysSection.quoted(data + "/" + node)));
        nodes.forEach((name, address) -> text.append(line(name, address)));
        NodeAddress own = nodes.get(node);
        if (own != null && !own.witness()) {
            text.append("\npostgres:\n");
            if (former != null) {
                text.append(former.yaml(node));
            }
            if (former == null) {
                text.append(
                        """
                          access:
                            - hostssl all all all scram-sha-256
                        """);
            }
            text.append(
                    """
                      replication-password-file: secrets/replication-password
                      rewind-password-file: secrets/rewind-password
                    """);
            if (database != null) {
                text.append(
                        """
                          bootstrap:
                            database: %s
                            owner: %s
                            owner-password-file: secrets/owner-password
                        """
                                .formatted(
                                        NodeKeysSection.quoted(database),
                                        NodeKeysSection.quoted(database)));
            }
        }
        if (proxyPort > 0) {
            text.append(
                    """

                    proxy:
                      listen: 0.0.0.0:%d
                    """
                            .formatted(proxyPort));
        }
        return text + NodeKeysSection.tls("secrets", null) + NodeKeysSection.api("secrets");
    }

    /// One node's line below `nodes:`.
    static String line(String name, NodeAddress address) {
        return "  %s: {host: %s, %s, api-port: %d, consensus-port: %d}\n"
                .formatted(
                        name,
                        NodeKeysSection.quoted(address.host()),
                        address.witness()
                                ? "witness: true"
                                : "postgres-port: " + address.postgresPort(),
                        address.apiPort(),
                        address.consensusPort());
    }
}

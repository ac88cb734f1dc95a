package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.authority.CredentialException;
import io.howdah.node.authority.Removals;
import io.howdah.node.authority.TestCluster;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NodeKeysTest {

    @TempDir private Path directory;

    /// A witness, as it needs no PostgreSQL.
    private NodeConfiguration configuration(String cluster, String host, String tls)
            throws IOException {
        Path file = directory.resolve("howdah.yaml");
        Files.writeString(
                file,
                """
                cluster: %s
                node: n1
                directory: data
                nodes:
                  n1: {host: 127.0.0.1, witness: true, api-port: 2, consensus-port: 3}
                  n2: {host: %s, postgres-port: 4, api-port: 5, consensus-port: 6}
                %s
                """
                        .formatted(cluster, host, tls));
        return NodeConfigurationFile.read(file);
    }

    private String tls(String folder) {
        return """
        tls:
          authority: %1$s/authority.crt
          certificate: %1$s/node.crt
          key: %1$s/node.key
        """
                .formatted(folder);
    }

    @Test
    void nodesOnSeveralMachinesNeedKeys() throws IOException {
        NodeConfiguration bare = configuration("orders", "db2.example.com", "");
        assertThatThrownBy(() -> NodeKeys.load(bare, Removals.NONE))
                .isInstanceOf(CredentialException.class)
                .hasMessageContaining("host db2.example.com")
                .hasMessageContaining("HINT: `howdah init`");
        assertThat(NodeKeys.load(configuration("orders", "127.0.0.2", ""), Removals.NONE))
                .isEmpty();
    }

    @Test
    void ownCertificateIsTakenAndAnothersIsRefused() throws IOException {
        var cluster = new TestCluster(directory.resolve("made"), "orders");
        cluster.node("n1", "127.0.0.1", Instant.now());
        cluster.node("n2", "127.0.0.1", Instant.now());
        assertThat(NodeKeys.load(configuration("orders", "db2", tls("made/n1")), Removals.NONE))
                .isPresent();
        assertThatThrownBy(() ->
                        NodeKeys.load(
                                configuration("orders", "db2", tls("made/n2")), Removals.NONE))
                .hasMessageContaining("is the certificate of n2 of cluster orders, but this is n1");
        assertThatThrownBy(() ->
                        NodeKeys.load(
                                configuration("payments", "db2", tls("made/n1")), Removals.NONE))
                .hasMessageContaining("but this is n1 of cluster payments");
    }
}

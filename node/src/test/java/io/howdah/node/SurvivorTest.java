package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.postgres.PostgresException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What needs a database is tried on a cluster that has lost its majority.
class SurvivorTest {

    @TempDir private Path folder;

    private Survivor survivor(String self, String postgres) throws IOException {
        Path yaml = folder.resolve("howdah.yaml");
        Files.writeString(
                yaml,
                """
                cluster: demo
                node: n1
                directory: data
                nodes:
                  n1: {%s}
                  n2: {host: 127.0.0.1, postgres-port: 5442, api-port: 8018, consensus-port: 8019}
                %s
                """
                        .formatted(self, postgres));
        return new Survivor(NodeConfigurationFile.read(yaml));
    }

    @Test
    void nodeWithoutADatabaseHasNothingToBeginWithAndKeepsWhatWasAgreed() throws IOException {
        Files.createDirectory(folder.resolve("secrets"));
        for (String name : List.of("replication", "rewind")) {
            Path file = folder.resolve("secrets").resolve(name);
            Files.writeString(file, "secret-" + name + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        Path agreed = Files.createDirectories(folder.resolve("data/consensus/raft"));
        Survivor survivor =
                survivor(
                        "host: 127.0.0.1, postgres-port: 5432, api-port: 8008, consensus-port: 8009",
                        """
                        postgres:
                          replication-password-file: secrets/replication
                          rewind-password-file: secrets/rewind
                        """);

        assertThatThrownBy(() -> survivor.begin(Optional.empty()))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("holds no database")
                .hasMessageContaining("HINT: run this on a node that has one");
        assertThat(agreed).isDirectory();
    }

    @Test
    void witnessHasNothingToBeginWith() throws IOException {
        Survivor survivor =
                survivor(
                        "witness: true, host: 127.0.0.1, api-port: 8008, consensus-port: 8009", "");

        assertThatThrownBy(survivor::look)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("n1 is a witness");
    }
}

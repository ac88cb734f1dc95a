package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.process.ProcessFile;
import io.howdah.postgres.process.ProcessGrip;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A cluster is begun anew only where nothing of the former one is at work.
class ClusterRestoreTest {

    private static final SystemId SYSTEM = new SystemId(7_000_000_000_000_000_001L);

    @TempDir private Path folder;
    private Path data;

    @BeforeEach
    void secrets() throws IOException {
        data = Files.createDirectory(folder.resolve("data"));
        Files.createDirectory(folder.resolve("secrets"));
        for (String name : List.of("replication", "rewind")) {
            Path file = folder.resolve("secrets").resolve(name);
            Files.writeString(file, "secret-" + name + "\n");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private ClusterRestore restore(String more) throws IOException {
        Path yaml = folder.resolve("howdah.yaml");
        Files.writeString(
                yaml,
                """
                cluster: demo
                node: n1
                directory: data
                nodes:
                  n1: {host: 10.0.0.1, postgres-port: 5432, api-port: 8008, consensus-port: 8009}
                  n2: {host: 10.0.0.2, postgres-port: 5432, api-port: 8008, consensus-port: 8009}
                postgres:
                  replication-password-file: secrets/replication
                  rewind-password-file: secrets/rewind
                """
                        + more);
        return new ClusterRestore(NodeConfigurationFile.read(yaml), SYSTEM);
    }

    private ClusterRestore named() throws IOException {
        return restore("  system-identifier: '" + SYSTEM + "'\n");
    }

    @Test
    void everyNodeMustAwaitTheDatabaseOfTheRepository() throws IOException {
        assertThatThrownBy(restore("")::require)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("names no database");
        assertThatCode(named()::require).doesNotThrowAnyException();
    }

    @Test
    void agreementOfTheFormerClusterMustBeMovedAway() throws IOException {
        Files.createDirectories(data.resolve("consensus").resolve("raft"));

        assertThatThrownBy(named()::require)
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("agreement is in " + data.resolve("consensus"));
    }

    @Test
    void agreementThatWasGivenUpIsInNobodysWay() throws IOException {
        Files.createDirectories(data.resolve("consensus/given-up-1/raft"));

        assertThatCode(named()::require).doesNotThrowAnyException();
    }

    @Test
    void switchOfAKilledAgentMustHaveEnded() throws IOException {
        Files.createDirectories(data.resolve("switch"));
        try (ProcessGrip self = ProcessGrip.on(ProcessHandle.current().pid()).orElseThrow();
                var _ =
                        new ProcessFile(data.resolve("switch/process"))
                                .claim(self, "")
                                .orElseThrow()) {
            assertThatThrownBy(named()::require)
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("dead man's switch of n1 runs, process " + self.pid());
        }
    }
}

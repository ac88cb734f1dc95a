package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.demo.DemoDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a backup goes when nobody says where.
class RepositoryDefaultTest {

    @TempDir private Path home;

    @Test
    void demoThatArchivesItsWalIsBackedUpThere() throws IOException {
        Path n1 = Files.createDirectories(home.resolve("howdah-demo/n1"));
        Path yaml = n1.resolve("howdah.yaml");
        for (String secret : List.of("replication", "rewind")) {
            Path file = Files.writeString(n1.resolve(secret), "secret-secret-secret");
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        Files.writeString(
                yaml,
                """
                cluster: demo
                node: n1
                directory: '%1$s'
                nodes:
                  n1: {host: 127.0.0.1, postgres-port: 6521, api-port: 6531, consensus-port: 6541}
                postgres:
                  replication-password-file: '%1$s/replication'
                  rewind-password-file: '%1$s/rewind'
                """
                        .formatted(n1));
        assertThat(address(null, Map.of())).isEqualTo(home.resolve("howdah-demo/repository"));
        Files.writeString(
                yaml,
                Files.readString(yaml)
                        + "backup:\n  repositories: ['%s']\n".formatted(home.resolve("archive")));
        assertThat(address(null, Map.of())).isEqualTo(home.resolve("archive"));
        assertThat(address("/srv/other", Map.of())).isEqualTo(Path.of("/srv/other"));
        assertThat(address(null, Map.of("HOWDAH_REPOSITORY", "/srv/named")))
                .isEqualTo(Path.of("/srv/named"));
    }

    private Path address(@Nullable String named, Map<String, String> environment) {
        return Path.of(
                new RepositoryAddress(named)
                        .store(
                                Optional.of(DemoDirectory.at(home.resolve("howdah-demo"))),
                                environment,
                                home)
                        .toString());
    }
}

package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.FolderStore;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where a backup goes when nobody says where.
class RepositoryDefaultTest {

    @TempDir private Path home;

    @Test
    void demoThatArchivesItsWalIsBackedUpThere() throws IOException {
        Path yaml = node();
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

    /// A node's howdah.yaml, in a demo.
    private Path node() throws IOException {
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
        return yaml;
    }

    @Test
    void commandsOnARepositoryKnowANodesByItsHowdahYaml() throws IOException {
        Path yaml = node();
        String before = Files.readString(yaml);
        assertThat(list(yaml)).as("it names none").isEqualTo(2);
        Path key = Files.writeString(home.resolve("key"), "0123456789".repeat(5));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        Path archive = home.resolve("archive");
        Files.writeString(
                yaml,
                before
                        + "backup:\n  repositories: ['%s']\n  key-file: '%s'\n"
                                .formatted(archive, key));
        assertThat(list(yaml)).as("there is no repository yet").isEqualTo(1);
        Repository _ =
                Repository.openOrMake(
                        new SealedStore(new FolderStore(archive), new KeySource.File(key)),
                        SystemId.parse("7301"));
        assertThat(list(yaml)).isZero();
        Path other = home.resolve("other");
        assertThat(list(yaml, "--repository", other.toString()))
                .as("another one is named, and is not there")
                .isEqualTo(1);
        Repository _ =
                Repository.openOrMake(
                        new SealedStore(new FolderStore(other), new KeySource.File(key)),
                        SystemId.parse("7301"));
        assertThat(list(yaml, "--repository", other.toString()))
                .as("the node's key opens whatever is named")
                .isZero();
    }

    private static int list(Path yaml, String... more) {
        return Howdah.run(
                Stream.concat(
                                Stream.of("backup", "list", "--config", yaml.toString()),
                                Stream.of(more))
                        .toArray(String[]::new));
    }

    private Path address(@Nullable String named, Map<String, String> environment) {
        return Path.of(
                new RepositoryAddress(named)
                        .stores(
                                Optional.of(DemoDirectory.at(home.resolve("howdah-demo"))),
                                environment,
                                home)
                        .getFirst()
                        .toString());
    }
}

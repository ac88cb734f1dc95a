package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.member.MemberSecrets;
import io.howdah.node.configuration.Installation;
import io.howdah.node.configuration.PostgresConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleSecretsTest {

    @TempDir Path directory;

    private PostgresConfiguration configuration(String replication) throws IOException {
        return new PostgresConfiguration(
                new Installation.Auto(),
                1,
                Map.of(),
                List.of(),
                secret("replication", replication),
                secret("rewind", "rewind"),
                null);
    }

    private Path secret(String name, String value) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, value + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void everyNodeMakesTheSameAndEachPurposeAnother() throws IOException {
        MemberSecrets first = RoleSecrets.of(configuration("one"), directory.resolve("n1"));
        MemberSecrets second = RoleSecrets.of(configuration("one"), directory.resolve("n2"));
        assertThat(second).isEqualTo(first);
        assertThat(Set.of(first.replication(), first.backup(), first.monitor(), first.lookup()))
                .hasSize(4);
    }

    @Test
    void filesAreTheOwnersAloneAndFollowTheReplicationPassword() throws IOException {
        Path files = directory.resolve("n1");
        RoleSecrets.of(configuration("one"), files);
        Path monitor = files.resolve("monitor-password");
        String before = Files.readString(monitor);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(monitor)))
                .isEqualTo("rw-------");
        assertThat(before.strip()).hasSize(43);

        RoleSecrets.of(configuration("two"), files);
        assertThat(Files.readString(monitor)).isNotEqualTo(before);
    }
}

package io.howdah.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cluster.member.MemberSecrets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RoleSecretsTest {

    @TempDir Path directory;

    private MemberSecrets of(String replication, String node) throws IOException {
        return RoleSecrets.of(
                secret("replication", replication),
                secret("rewind", "rewind"),
                directory.resolve(node));
    }

    private Path secret(String name, String value) throws IOException {
        Path file = directory.resolve(name);
        Files.writeString(file, value + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        return file;
    }

    @Test
    void everyNodeMakesTheSameAndEachPurposeAnother() throws IOException {
        MemberSecrets first = of("one", "n1");
        MemberSecrets second = of("one", "n2");
        assertThat(second).isEqualTo(first);
        assertThat(Set.of(first.replication(), first.backup(), first.monitor(), first.lookup()))
                .hasSize(4);
    }

    @Test
    void filesAreTheOwnersAloneAndFollowTheReplicationPassword() throws IOException {
        of("one", "n1");
        Path monitor = directory.resolve("n1/monitor-password");
        String before = Files.readString(monitor);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(monitor)))
                .isEqualTo("rw-------");
        assertThat(before.strip()).hasSize(43);

        Files.setPosixFilePermissions(monitor, PosixFilePermissions.fromString("rw-r--r--"));
        of("one", "n1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(monitor)))
                .isEqualTo("rw-------");

        of("two", "n1");
        assertThat(Files.readString(monitor)).isNotEqualTo(before);
    }
}

package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.seal.KeySource;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.FolderStore;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `howdah backup rotate-key`, as it is typed.
class RotateKeyTest {

    @TempDir private Path folder;

    @BeforeEach
    void make() throws IOException {
        for (String name : new String[] {"first", "second", "third"}) {
            Path file = Files.writeString(folder.resolve(name), (name + " ").repeat(10));
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        }
        Repository _ =
                Repository.openOrMake(
                        new SealedStore(
                                new FolderStore(folder.resolve("repository")),
                                new KeySource.File(folder.resolve("first"))),
                        SystemId.parse("7301"));
    }

    @Test
    void whatIsMistypedChangesNothing() throws IOException {
        Files.setPosixFilePermissions(
                folder.resolve("third"), PosixFilePermissions.fromString("rw-r--r--"));
        byte[] before = identity();
        assertThat(rotate("first", "--new-key-file", key("mistyped"))).isEqualTo(1);
        assertThat(rotate("first", "--new-key-file", key("third"))).isEqualTo(1);
        assertThat(rotate("first", "--new-key-file", key("first"))).isEqualTo(1);
        assertThat(rotate("second", "--new-key-file", key("second"))).isEqualTo(1);
        assertThat(rotate("second", "--retire-others")).isEqualTo(1);
        assertThat(rotate("first")).isEqualTo(2);
        assertThat(rotate("first", "--retire-others", "--new-key-file", key("second")))
                .isEqualTo(2);
        assertThat(
                        rotate(
                                "first",
                                "--new-key-file",
                                key("second"),
                                "--new-key-command",
                                "/bin/echo"))
                .as("two new keys")
                .isEqualTo(2);
        assertThat(identity()).isEqualTo(before);
    }

    private byte[] identity() throws IOException {
        return Files.readAllBytes(folder.resolve("repository").resolve("howdah-repository.json"));
    }

    private String key(String name) {
        return folder.resolve(name).toString();
    }

    private int rotate(String key, String... more) {
        String[] arguments = new String[6 + more.length];
        arguments[0] = "backup";
        arguments[1] = "rotate-key";
        arguments[2] = "--repository";
        arguments[3] = folder.resolve("repository").toString();
        arguments[4] = "--key-file";
        arguments[5] = key(key);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return Howdah.run(arguments);
    }
}

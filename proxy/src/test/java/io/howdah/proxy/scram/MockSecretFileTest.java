package io.howdah.proxy.scram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.proxy.ProxyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MockSecretFileTest {

    @TempDir private Path folder;

    @Test
    void fileThatIsMissingIsMadeAndStays() throws Exception {
        Path file = folder.resolve("secret");
        byte[] made = MockSecretFile.read(file);
        assertThat(made).hasSize(32);
        assertThat(MockSecretFile.read(file)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(MockSecretFile.read(folder.resolve("other"))).isNotEqualTo(made);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "correct horse battery staple", "c2hvcnQ="})
    void whatAPersonHasChosenIsRefused(String content) throws Exception {
        Path file = folder.resolve("secret");
        MockSecretFile.read(file);
        Files.writeString(file, content);
        assertThatThrownBy(() -> MockSecretFile.read(file))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("does not hold 32 random bytes")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void fileThatOthersMayReadIsRefused() throws Exception {
        Path file = folder.resolve("secret");
        MockSecretFile.read(file);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> MockSecretFile.read(file))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("may be used by others");
    }

    @Test
    void folderThatIsMissingIsSaid() {
        assertThatThrownBy(() -> MockSecretFile.read(folder.resolve("none").resolve("secret")))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("cannot make ")
                .hasMessageContaining("HINT: ");
    }
}

package io.howdah.proxy.verifier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.Secret;
import io.howdah.proxy.ProxyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthFileTest {

    private static final String VERIFIER = ScramVerifier.of(Secret.of("sesame"));

    @TempDir private Path folder;

    private Path write(String content) throws Exception {
        Path file = folder.resolve("userlist.txt");
        if (!Files.exists(file)) {
            Files.createFile(
                    file,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
        }
        return Files.writeString(file, content);
    }

    @Test
    void rolesAreReadAsPgBouncerReadsThem() throws Exception {
        var file =
                new AuthFile(
                        write(
                                """
                                ; the roles
                                "ann" "%s"
                                  "a ""quoted"" one"   "%s" and what follows is of no account

                                "old" "md5a6e9d1c5b7f6a1d2e3c4b5a697887766"
                                "plain" "secret"
                                "none" ""
                                """
                                        .formatted(VERIFIER, VERIFIER)));
        assertThat(file.find("ann")).isInstanceOf(Knowledge.Known.class);
        assertThat(file.find("a \"quoted\" one")).isInstanceOf(Knowledge.Known.class);
        assertThat(file.find("old"))
                .isInstanceOfSatisfying(
                        Knowledge.Unusable.class,
                        unusable -> {
                            assertThat(unusable.fact()).contains("md5");
                            assertThat(unusable.hint()).contains("scram-sha-256");
                        });
        assertThat(file.find("plain"))
                .isInstanceOf(Knowledge.Unusable.class)
                .asString()
                .doesNotContain("secret");
        assertThat(file.find("none")).isInstanceOf(Knowledge.Unknown.class);
        assertThat(file.find("nobody")).isInstanceOf(Knowledge.Unknown.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ann secret", "\"ann\"", "\"ann\" \"open", "\"ann\" secret"})
    void lineThatIsNoneIsRefusedByItsNumber(String line) throws Exception {
        Path file = write("\n" + line + "\n");
        assertThatThrownBy(() -> new AuthFile(file))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("line 2 of ")
                .hasMessageContaining("HINT: ")
                .hasMessageNotContaining("secret\"");
    }

    @Test
    void brokenFileLeavesWhatItSaidBefore() throws Exception {
        Path path = write("\"ann\" \"" + VERIFIER + "\"\n");
        var file = new AuthFile(path);
        write("broken");
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(5)));
        assertThat(file.find("ann")).isInstanceOf(Knowledge.Known.class);
        write("\"bob\" \"" + VERIFIER + "\"\n");
        Files.setLastModifiedTime(path, FileTime.from(Instant.now().plusSeconds(10)));
        assertThat(file.find("ann")).isInstanceOf(Knowledge.Unknown.class);
        assertThat(file.find("bob")).isInstanceOf(Knowledge.Known.class);
    }

    @Test
    void missingFileIsSaid() {
        assertThatThrownBy(() -> new AuthFile(folder.resolve("nowhere")))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("cannot read ");
    }
}

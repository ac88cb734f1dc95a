package io.howdah.node.authority;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {

    @TempDir private Path directory;

    private Path write(String content) {
        Path file = directory.resolve("tokens");
        OwnerFile.writeSecret(file, content);
        return file;
    }

    @Test
    void tokenIsKnownByItsHashOnly() {
        Tokens.Created ann = Tokens.create("ann", Role.OPERATE);
        Tokens.Created bob = Tokens.create("bob", Role.READ);
        Path file = write(Tokens.with(Tokens.with("", ann), bob));
        Tokens tokens = Tokens.of(file);
        assertThat(tokens.holder(ann.token())).contains(new Tokens.Holder("ann", Role.OPERATE));
        assertThat(tokens.holder(bob.token())).contains(new Tokens.Holder("bob", Role.READ));
        assertThat(tokens.holder(ann.line())).isEmpty();
        assertThat(tokens.holder("")).isEmpty();
        assertThat(OwnerFile.readSecret(file)).doesNotContain(ann.token(), bob.token());
        assertThat(ann.toString()).doesNotContain(ann.token());
        assertThat(ann.token()).hasSize("howdah_".length() + 43);
    }

    @Test
    void newTokenOfTheSameHolderTakesTheOldOnesPlace() {
        Tokens.Created old = Tokens.create("ann", Role.ADMIN);
        Tokens.Created next = Tokens.create("ann", Role.READ);
        Tokens tokens = Tokens.of(write(Tokens.with(Tokens.with("# ours\n", old), next)));
        assertThat(tokens.holder(old.token())).isEmpty();
        assertThat(tokens.holder(next.token())).contains(new Tokens.Holder("ann", Role.READ));
    }

    @Test
    void changedFileIsTakenUpAndADamagedOneIsNot() throws IOException {
        Tokens.Created ann = Tokens.create("ann", Role.READ);
        Tokens tokens = Tokens.of(directory.resolve("tokens"));
        assertThat(tokens.holder(ann.token())).isEmpty();
        Path file = write(ann.line() + "\n");
        assertThat(tokens.holder(ann.token())).isPresent();
        write("ann everything " + "0".repeat(64) + "\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(30)));
        assertThat(tokens.holder(ann.token())).isPresent();
        Files.delete(file);
        assertThat(tokens.holder(ann.token())).isEmpty();
    }

    @Test
    void fileThatIsOpenedToOthersOpensNothingUntilItIsClosed() throws IOException {
        Tokens.Created ann = Tokens.create("ann", Role.ADMIN);
        Path file = write(ann.line() + "\n");
        Tokens tokens = Tokens.of(file);
        assertThat(tokens.holder(ann.token())).isPresent();
        FileTime modified = Files.getLastModifiedTime(file);

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThat(Files.getLastModifiedTime(file)).isEqualTo(modified);
        assertThat(tokens.holder(ann.token())).isEmpty();
        assertThat(tokens.holder(ann.token())).as("and it stays so").isEmpty();

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(tokens.holder(ann.token())).isPresent();
    }

    @Test
    void fileThatOthersMayReadOrThatIsDamagedIsRefused() throws IOException {
        Path file = write("ann root " + "0".repeat(64) + "\n");
        assertThatThrownBy(() -> Tokens.of(file)).hasMessageContaining("line 1 of ");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-rw----"));
        assertThatThrownBy(() -> Tokens.of(file)).hasMessageContaining("HINT: chmod 600 ");
        assertThatThrownBy(() -> Tokens.create("two words", Role.READ))
                .isInstanceOf(CredentialException.class);
    }
}

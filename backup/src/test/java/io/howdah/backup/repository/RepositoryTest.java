package io.howdah.backup.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepositoryTest {

    private static final SystemId CLUSTER = SystemId.parse("7301");

    @TempDir private Path folder;

    @Test
    void repositoryIsMadeOnceAndFoundAgain() {
        Repository made = Repository.openOrMake(store(), CLUSTER);
        assertThat(made.identity().systemIdentifier()).isEqualTo(CLUSTER);
        assertThat(Repository.openOrMake(store(), CLUSTER).identity()).isEqualTo(made.identity());
        assertThat(Repository.open(store()).identity()).isEqualTo(made.identity());
    }

    @Test
    void repositoryOfAnotherClusterIsRefused() {
        Repository made = Repository.openOrMake(store(), CLUSTER);
        assertThatThrownBy(() -> Repository.openOrMake(store(), SystemId.parse("7302")))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("7301")
                .hasMessageContaining("7302")
                .hasMessageContaining("HINT: ");
        assertThat(Repository.open(store(), CLUSTER).identity()).isEqualTo(made.identity());
    }

    @Test
    void nothingIsMadeAmongOtherThings() {
        put("letters/1", "dear");
        assertThatThrownBy(() -> Repository.openOrMake(store(), CLUSTER))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("letters/1");
        assertThatThrownBy(() -> Repository.open(store()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("there is no repository");
    }

    /// Both who goes on writing and who begins to: nothing is lost, so nothing is to be made anew.
    @Test
    void identityThatIsLostIsPutAnewFromItsCopy() throws IOException {
        RepositoryMemory memory =
                RepositoryMemory.of(folder.resolve("repositories.json"), leaders());
        Repository made = memory.openOrMake(store(), CLUSTER);
        store().delete(Repository.IDENTITY);
        assertThat(memory.openOrMake(store(), CLUSTER).identity()).isEqualTo(made.identity());
        store().delete(Repository.COPY);
        assertThat(Repository.open(store()).identity()).isEqualTo(made.identity());

        put("howdah-repository.copy.json", text(Repository.IDENTITY));
        store().delete(Repository.IDENTITY);
        assertThat(Repository.openOrMake(store(), CLUSTER).identity()).isEqualTo(made.identity());
    }

    private String text(ObjectName name) throws IOException {
        try (InputStream in = store().get(name)) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }

    @Test
    void newerFormatAndDamageAreToldApart() {
        put("howdah-repository.json", "{\"format\": 2, \"system-identifier\": \"7301\"}");
        assertThatThrownBy(() -> Repository.open(store())).hasMessageContaining("format 2");
        store().delete(Repository.IDENTITY);
        put("howdah-repository.json", "{\"format\": 1");
        assertThatThrownBy(() -> Repository.open(store())).hasMessageContaining("damaged");
    }

    @Test
    void repositoryThatIsRememberedIsNeverMadeAnew() throws IOException {
        Path file = folder.resolve("repositories.json");
        RepositoryMemory memory = RepositoryMemory.of(file, leaders());
        Repository made = memory.openOrMake(store(), CLUSTER);
        assertThat(memory.openOrMake(store(), CLUSTER).identity()).isEqualTo(made.identity());

        Path mounted = folder.resolve("mounted");
        Files.move(store().root(), mounted);
        assertThatThrownBy(() -> memory.openOrMake(store(), CLUSTER))
                .as("there is not even a folder")
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining("HINT: mount its disk")
                .hasMessageContaining(file.toString());
        assertThat(store().root()).doesNotExist();
        Files.createDirectory(store().root());
        for (RepositoryMemory each : List.of(memory, RepositoryMemory.readFrom(file, leaders()))) {
            assertThatThrownBy(() -> each.openOrMake(store(), CLUSTER))
                    .as("where a disk is to be mounted")
                    .hasMessageContaining(made.identity().cluster() + " was in " + store())
                    .hasMessageContaining("HINT: mount its disk");
        }
        assertThat(store().root()).isEmptyDirectory();

        Files.delete(store().root());
        Files.move(mounted, store().root());
        assertThat(memory.openOrMake(store(), CLUSTER).identity()).isEqualTo(made.identity());
        Files.move(store().root(), mounted);
        Files.delete(file);
        assertThat(memory.openOrMake(store(), CLUSTER).identity()).isNotEqualTo(made.identity());
    }

    @Test
    void anotherRepositoryInThePlaceOfTheRememberedOneIsRefused() throws IOException {
        Path file = folder.resolve("repositories.json");
        RepositoryMemory memory = RepositoryMemory.of(file, leaders());
        assertThatThrownBy(() -> memory.open(store(), CLUSTER))
                .isInstanceOf(StoreUnavailableException.class);
        Files.createDirectory(store().root());
        assertThat(memory.open(store(), CLUSTER)).isEmpty();
        Repository first = Repository.openOrMake(store(), CLUSTER);
        assertThat(memory.open(store(), CLUSTER).map(Repository::identity))
                .as("who only looks remembers")
                .contains(first.identity());

        Files.move(store().root(), folder.resolve("mounted"));
        Repository second = Repository.openOrMake(store(), CLUSTER);
        assertThatThrownBy(() -> memory.openOrMake(store(), CLUSTER))
                .hasMessageContaining(first.identity().cluster().toString())
                .hasMessageContaining(second.identity().cluster().toString())
                .hasMessageContaining("delete " + file);
        assertThatThrownBy(() -> memory.open(store(), CLUSTER))
                .hasMessageContaining("another one than before");
    }

    private void put(String name, String content) {
        store().put(new ObjectName(name), Content.of(content.getBytes(UTF_8)), PutMode.IF_ABSENT);
    }

    private Path leaders() throws IOException {
        Path file = folder.resolve("leaders.json");
        new Lineage(
                        "orders",
                        List.of(
                                new Tenure(
                                        1,
                                        "n1",
                                        TimelineId.FIRST,
                                        Instant.parse("2026-11-01T00:00:00Z"))))
                .write(file);
        return file;
    }

    private FolderStore store() {
        return new FolderStore(folder.resolve("repository"));
    }
}

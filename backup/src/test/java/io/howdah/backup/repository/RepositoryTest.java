package io.howdah.backup.repository;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.postgres.SystemId;
import java.nio.file.Path;
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

    @Test
    void newerFormatAndDamageAreToldApart() {
        put("howdah-repository.json", "{\"format\": 2, \"system-identifier\": \"7301\"}");
        assertThatThrownBy(() -> Repository.open(store())).hasMessageContaining("format 2");
        store().delete(Repository.IDENTITY);
        put("howdah-repository.json", "{\"format\": 1");
        assertThatThrownBy(() -> Repository.open(store())).hasMessageContaining("damaged");
    }

    private void put(String name, String content) {
        store().put(new ObjectName(name), Content.of(content.getBytes(UTF_8)), PutMode.IF_ABSENT);
    }

    private FolderStore store() {
        return new FolderStore(folder.resolve("repository"));
    }
}

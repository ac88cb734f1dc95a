package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RestoreLockTest {

    @TempDir private Path folder;

    private final DurableFiles files = new DurableFiles(OperatingSystemUser.ourselves());

    @Test
    void whoComesSecondIsToldWhoIsAtIt() {
        try (RestoreLock _ = RestoreLock.take(folder, files)) {
            assertThatThrownBy(() -> RestoreLock.take(folder, files))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("another restore runs in " + folder)
                    .hasMessageContaining("process " + ProcessHandle.current().pid())
                    .hasMessageContaining("HINT: ");
        }
        assertThat(folder).isEmptyDirectory();
        RestoreLock.take(folder, files).close();
    }

    /// The lock is the process's, not the file.
    @Test
    void whatAKilledOneHasLeftHoldsNobodyUp() throws IOException {
        Files.writeString(folder.resolve(RestoreLock.FILE), "1 left");

        RestoreLock.take(folder, files).close();

        assertThat(folder).isEmptyDirectory();
    }
}

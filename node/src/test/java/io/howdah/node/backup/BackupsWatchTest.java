package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectStore;
import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsWatchTest {

    private static final SystemId SYSTEM = SystemId.parse("7301");
    private static final Instant FIRST = Instant.parse("2026-11-28T22:15:00Z");

    @TempDir private Path directory;

    @Test
    void newestBackupAndLastAttemptOfAllRepositoriesAreTold() throws IOException {
        ObjectStore one = store("one");
        ObjectStore two = store("two");
        List<ObjectStore> all = List.of(one, two);
        Repository _ = Repository.openOrMake(one, SYSTEM);
        assertThat(BackupsWatch.look(all)).as("none").isEqualTo(new BackupsReport(null, null));

        Repository _ = Repository.openOrMake(two, SYSTEM);
        publish(one, FIRST);
        assertThat(BackupsWatch.look(all)).isEqualTo(new BackupsReport(FIRST, true));
        LastAttempt.failure(BackupId.at(FIRST.plusSeconds(60)), new IllegalStateException("no"))
                .put(two);
        assertThat(BackupsWatch.look(all)).isEqualTo(new BackupsReport(FIRST, false));
        publish(two, FIRST.plusSeconds(120));
        BackupsReport last = BackupsWatch.look(all);
        assertThat(last).isEqualTo(new BackupsReport(FIRST.plusSeconds(120), true));

        BesideFiles files = BesideFiles.backupWorker(directory);
        files.prepare();
        last.write(files);
        assertThat(BackupsReport.read(directory)).contains(last);
    }

    private ObjectStore store(String name) throws IOException {
        return new FolderStore(Files.createDirectory(directory.resolve(name)));
    }

    private static void publish(ObjectStore store, Instant ended) {
        BackupId id = BackupId.at(ended);
        new BackupCatalog(Repository.open(store))
                .publish(
                        new BackupRecord(
                                1,
                                id.text(),
                                SYSTEM,
                                "18.0",
                                false,
                                TimelineId.FIRST,
                                new Lsn(1),
                                new Lsn(2),
                                ended,
                                ended,
                                16 << 20,
                                true,
                                List.of(),
                                0,
                                new ManifestSummary(0, 0, 0, 0, "", 0, ""),
                                new DamagedPages(0, List.of()),
                                LeftOutLinks.NONE));
        LastAttempt.success(id).put(store);
    }
}

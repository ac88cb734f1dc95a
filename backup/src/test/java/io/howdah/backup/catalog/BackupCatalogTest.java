package io.howdah.backup.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.SystemId;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class BackupCatalogTest {

    private static final Instant NOW = Instant.parse("2026-11-28T22:15:00.042Z");

    private final MemoryStore store = new MemoryStore();
    private final BackupCatalog catalog =
            new BackupCatalog(Repository.openOrMake(store, SystemId.parse("7301")));

    /// What is newest goes by its name.
    @Test
    void newBackupIsLaterThanAllOthersThoughTheClockWasSetBack() {
        BackupId last = begun(NOW);
        for (Instant now : new Instant[] {NOW, NOW.minusMillis(1), NOW.minusSeconds(86_400)}) {
            BackupId next = begun(now);
            assertThat(next).isGreaterThan(last);
            assertThat(next.time()).isAfterOrEqualTo(last.time());
            last = next;
        }
        BackupId next = begun(NOW.plusSeconds(1));
        assertThat(next).isGreaterThan(last);
        assertThat(next.time()).isEqualTo(NOW.plusSeconds(1));
    }

    private BackupId begun(Instant now) {
        BackupId id = catalog.newId(now);
        PutOutcome _ =
                store.put(
                        new ObjectName(id.manifestFolder() + "/00000000.zst"),
                        Content.of(new byte[1]),
                        PutMode.IF_ABSENT);
        return id;
    }
}

package io.howdah.backup.take;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.backup.sweep.Sweeper;
import io.howdah.backup.verify.Damage;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// One backup whose `backup.json` cannot be read.
class DamagedRecordTest {

    private final MemoryStore store = new MemoryStore();
    private final ModelBackup server = new ModelBackup(1);

    @Test
    void itIsToldAndStandsInNobodysWayButASweeps() {
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var catalog = new BackupCatalog(repository);
        BackupRecord first = take();
        BackupRecord damaged = take();
        damage(damaged);

        var told = new ArrayList<BackupState.Damaged>();
        assertThat(catalog.all(told::add)).containsExactly(first);
        assertThat(told).extracting(BackupState.Damaged::id).containsExactly(damaged.backupId());
        assertThat(catalog.newest()).contains(first);
        assertThatThrownBy(() -> catalog.find(damaged.backupId()))
                .hasMessageContaining("is damaged")
                .hasMessageContaining("HINT: put " + damaged.backupId().object());

        BackupRecord next = take();
        assertThat(catalog.all()).containsExactly(first, next);
        VerifyResult verified = new Verification(repository, 1, read -> {}).run();
        assertThat(verified.backups()).isEqualTo(2);
        assertThat(verified.damage()).extracting(Damage::backup).containsExactly(damaged.id());

        List<String> before = store.names();
        assertThatThrownBy(() -> sweep(repository))
                .as("what it needs cannot be told")
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(damaged.id());
        assertThat(store.names()).containsAll(before);

        store.delete(damaged.backupId().object());
        assertThat(sweep(repository).backups()).isEqualTo(1);
        assertThat(catalog.all()).containsExactly(next);
        assertThat(new Verification(repository, 1, read -> {}).run().isWhole()).isTrue();
    }

    private BackupRecord take() {
        store.pass(Duration.ofHours(1));
        return server.take(store, store.now(), 0);
    }

    private void damage(BackupRecord backup) {
        PutOutcome _ =
                store.put(
                        backup.backupId().object(),
                        Content.of("{\"format\": 1, \"id".getBytes(UTF_8)),
                        PutMode.REPLACE);
    }

    private static SweepResult sweep(Repository repository) {
        var policy = new KeepPolicy(1, Duration.ZERO, 0, 0, 0);
        return new Sweeper(repository, policy, Optional.empty(), step -> {}).run();
    }
}

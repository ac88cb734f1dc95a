package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.take.TakeStep;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KilledAtEveryStepTest {

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void backupThatWasKilledAtAnyStepDoesNotExistAndTheNextOnesWork() throws Exception {
        var restorable = new ArrayList<BackupRecord>();
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t as select n, md5(n::text) from generate_series(1, 20000) n");
            for (TakeStep step : TakeStep.values()) {
                assertThat(KilledRun.take(room, server.home(), server.data().path(), step))
                        .as("%s is reached", step)
                        .isEqualTo(KilledRun.KILLED);
                List<BackupRecord> there =
                        room.store().list("howdah-repository.json", null).isEmpty()
                                ? List.of()
                                : new BackupCatalog(room.repository()).all();
                assertThat(there)
                        .as("a backup exists once it is published, not before")
                        .hasSize(restorable.size() + (step == TakeStep.PUBLISHED ? 1 : 0));
                if (step == TakeStep.PART_STORED) {
                    // what was stored is not stored again
                    BackupRecord next = room.take(server);
                    assertThat(next.storedBytes()).isLessThan(400_000);
                    restorable.add(next);
                }
            }
            takeTwoAtOnce(server);
        }
        assertThat(room.verify().isWhole()).isTrue();
        room.restore(room.to("copy", new RestoreTarget.Latest()));
        try (var copy = room.start("copy", "auto")) {
            assertThat(copy.value("select count(*) from t")).isEqualTo("20000");
        }
    }

    private void takeTwoAtOnce(TestPostgres server) throws Exception {
        Callable<BackupRecord> take = () -> room.take(server);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var backups = new ArrayList<BackupRecord>();
            for (Future<BackupRecord> each : threads.invokeAll(List.of(take, take))) {
                backups.add(each.get());
            }
            assertThat(new BackupCatalog(room.repository()).all()).containsAll(backups);
        }
    }

    @Test
    void restoreThatWasKilledAtAnyStepGoesOnWhenItIsRunAgain() throws Exception {
        try (var server = room.server("primary", "auto")) {
            server.execute(
                    "create table t as select n, md5(n::text) from generate_series(1, 20000) n",
                    "alter system set listen_addresses = '192.0.2.1'");
            room.take(server);
        }
        for (RestoreStep step : RestoreStep.values()) {
            String name = "copy-" + step;
            assertThat(KilledRun.restore(room, room.path(name), step))
                    .as("%s is reached", step)
                    .isEqualTo(KilledRun.KILLED);
            if (step == RestoreStep.ENDED) {
                continue;
            }
            RestoreRequest request = room.to(name, new RestoreTarget.Immediate());
            Restored restored = room.restore(request);
            if (step.compareTo(RestoreStep.CLEARED) > 0) {
                assertThat(restored.kept()).as("what is right stays").isPositive();
            }
            assertThat(restored.recovered().orElseThrow().timeline().value())
                    .as("nothing of the first try is left")
                    .isEqualTo(2);
            assertThat(request.directory().resolve("postgresql.auto.conf"))
                    .content()
                    .contains("listen_addresses = '192.0.2.1'");
        }
        try (var copy = room.start("copy-" + RestoreStep.PROMOTED, "auto")) {
            assertThat(copy.value("select count(*) from t")).isEqualTo("20000");
        }
    }
}

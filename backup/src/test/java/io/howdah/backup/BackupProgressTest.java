package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeStep;
import io.howdah.testing.Await;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BackupProgressTest {

    private final BackupRoom room = new BackupRoom();

    @AfterEach
    void close() {
        room.close();
    }

    @Test
    void whoWatchesTheRepositorySeesABackupUnderWayAndHowFarItHasCome() {
        var seen = new ArrayList<BackupProgress>();
        BackupRecord backup;
        try (var server = room.server("primary", "auto")) {
            backup =
                    room.take(
                            server,
                            new TakeListener() {
                                @Override
                                public void step(TakeStep step) {
                                    if (step == TakeStep.FILES_READ) {
                                        Await.until("what was read is told", () -> isAllRead());
                                        seen.addAll(BackupProgress.all(room.store()));
                                    }
                                }
                            });
        }
        assertThat(seen)
                .singleElement()
                .satisfies(progress -> {
                    assertThat(progress.id()).isEqualTo(backup.id());
                    assertThat(progress.member()).isEqualTo("n1");
                    assertThat(progress.began()).isBeforeOrEqualTo(backup.startTime());
                    assertThat(progress.totalBytes())
                            .isGreaterThanOrEqualTo(progress.doneBytes())
                            .isGreaterThan(5_000_000);
                });
        assertThat(BackupProgress.all(room.store())).as("it has ended").isEmpty();
    }

    private boolean isAllRead() {
        List<BackupProgress> now = BackupProgress.all(room.store());
        return now.size() == 1 && now.getFirst().doneBytes() > 5_000_000;
    }
}

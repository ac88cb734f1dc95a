package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LatestBehindAGapTest {

    private final MemoryStore store = new MemoryStore();

    @Test
    void theNewestWalIsRefusedWhereAGapLiesBeforeIt() {
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var server = new ModelBackup(1);
        BackupRecord backup = server.take(store, store.now(), 0);
        for (int i = 0; i < 4; i++) {
            server.archive(store);
        }
        RestoreRequest latest = request(new RestoreTarget.Latest());
        assertThat(Restoring.choose(repository, latest)).isEqualTo(backup);

        WalSegment last = WalSegment.at(TimelineId.FIRST, backup.stopLsn(), ModelBackup.SEGMENT);
        var lost = new WalSegment(TimelineId.FIRST, last.number() + 2, ModelBackup.SEGMENT);
        store.delete(new WalNames(ModelBackup.SYSTEM).segment(lost));
        assertThatThrownBy(() -> Restoring.choose(repository, latest))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("there is none from " + lost.range())
                .hasMessageContaining("HINT: restore to a moment before " + lost.start());
        RestoreRequest before = request(new RestoreTarget.Position(backup.stopLsn()));
        assertThat(Restoring.choose(repository, before)).isEqualTo(backup);
    }

    private static RestoreRequest request(RestoreTarget target) {
        return new RestoreRequest(
                Path.of("/nowhere"),
                target,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                RestoreRequest.Ending.STOPPED,
                false,
                1);
    }
}

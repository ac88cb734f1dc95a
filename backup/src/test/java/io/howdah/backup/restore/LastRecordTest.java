package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.wal.MadeWal;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LastRecordTest {

    private static final SystemId SYSTEM = new SystemId(7301);
    private static final byte[] SMALL = MadeWal.record(21, new byte[51]);

    private final MemoryStore store = new MemoryStore();
    private final WalSegment first = new WalSegment(TimelineId.FIRST, 3, MadeWal.SEGMENT_BYTES);

    @Test
    void positionBehindTheLastRecordIsRefused() {
        var wal = new MadeWal(first, 0);
        wal.add(SMALL);
        wal.add(SMALL);
        put(wal);
        Lsn last = at(40 + SMALL.length);
        assertThat(found(at(40 + 2 * SMALL.length))).isEqualTo(last);
        assertThat(found(first.end())).isEqualTo(last);
        WalPlan plan = plan(first.end());
        assertThatCode(() -> plan.requireReached(new RestoreTarget.Position(last), store))
                .doesNotThrowAnyException();
        RestoreTarget behind = new RestoreTarget.Position(new Lsn(last.value() + 1));
        assertThatThrownBy(() -> plan.requireReached(behind, store))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("lies behind " + last)
                .hasMessageContaining("HINT: say --latest to have all of it, or name a position")
                .hasMessageEndingWith("to " + last);
    }

    @Test
    void recordOfWhichTheEndIsNotArchivedIsNotReached() {
        var wal = new MadeWal(first, 0);
        wal.add(SMALL);
        wal.add(SMALL);
        put(wal);
        assertThat(found(at(40 + 2 * SMALL.length - 8))).isEqualTo(at(40));
    }

    @Test
    void recordThatLiesInTwoSegmentsIsFound() {
        byte[] large = MadeWal.record(21, new byte[MadeWal.SEGMENT_BYTES]);
        var one = new MadeWal(first, 0);
        one.add(SMALL);
        int in = one.room() - SMALL.length;
        one.add(Arrays.copyOf(large, in));
        var two =
                new MadeWal(
                        WalSegment.at(TimelineId.FIRST, first.end(), MadeWal.SEGMENT_BYTES),
                        MadeWal.length(large) - in);
        two.add(Arrays.copyOfRange(large, in, large.length));
        put(one);
        put(two);
        assertThat(found(two.segment().end())).isEqualTo(at(40 + SMALL.length));
        assertThat(found(one.segment().end())).isEqualTo(at(40));
    }

    @Test
    void whatCannotBeReadRefusesNothing() {
        assertThat(new LastRecord(plan(first.end()), store).start()).isEmpty();
    }

    private Lsn found(Lsn reach) {
        return new LastRecord(plan(reach), store).start().orElseThrow();
    }

    private Lsn at(int offset) {
        return new Lsn(first.start().value() + offset);
    }

    private void put(MadeWal wal) {
        PutOutcome _ =
                store.put(
                        new WalNames(SYSTEM).segment(wal.segment()),
                        Content.of(Zstd.compress(wal.content())),
                        PutMode.IF_ABSENT);
    }

    private WalPlan plan(Lsn reach) {
        var backup =
                new BackupRecord(
                        RepositoryIdentity.FORMAT,
                        "20261128-221500-0423f9",
                        SYSTEM,
                        "18.0",
                        false,
                        TimelineId.FIRST,
                        at(40),
                        at(80),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        MadeWal.SEGMENT_BYTES,
                        true,
                        List.of(),
                        0,
                        new ManifestSummary(1, 1, 1, 1, "", 1, ""),
                        new DamagedPages(0, List.of()),
                        LeftOutLinks.NONE);
        return new WalPlan(backup, TimelineHistory.startingAt(TimelineId.FIRST), reach, Set.of());
    }
}

package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.wal.MadeWal;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LastRecordTest {

    private static final byte[] SMALL = MadeWal.record(21, new byte[51]);

    private final MadeArchive archive = new MadeArchive();
    private final WalSegment first = archive.first();

    @Test
    void positionBehindTheLastRecordIsRefused() {
        var wal = new MadeWal(first, 0);
        wal.add(SMALL);
        wal.add(SMALL);
        archive.put(wal);
        Lsn last = archive.at(40 + SMALL.length);
        assertThat(found(archive.at(40 + 2 * SMALL.length))).isEqualTo(last);
        assertThat(found(first.end())).isEqualTo(last);
        WalPlan plan = archive.plan(first.end());
        assertThatCode(() -> plan.requireReached(new RestoreTarget.Position(last), archive.store()))
                .doesNotThrowAnyException();
        RestoreTarget behind = new RestoreTarget.Position(new Lsn(last.value() + 1));
        assertThatThrownBy(() -> plan.requireReached(behind, archive.store()))
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
        archive.put(wal);
        assertThat(found(archive.at(40 + 2 * SMALL.length - 8))).isEqualTo(archive.at(40));
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
        archive.put(one);
        archive.put(two);
        assertThat(found(two.segment().end())).isEqualTo(archive.at(40 + SMALL.length));
        assertThat(found(one.segment().end())).isEqualTo(archive.at(40));
    }

    @Test
    void whatCannotBeReadRefusesNothing() {
        assertThat(new LastRecord(archive.plan(first.end()), archive.store()).start()).isEmpty();
    }

    private Lsn found(Lsn reach) {
        return new LastRecord(archive.plan(reach), archive.store()).start().orElseThrow();
    }
}

package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.wal.MadeWal;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.TimelineId;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class NewestCommitTest {

    private static final int TRANSACTION = 1;
    private static final int MESSAGE = 21;
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant EARLIER = EPOCH.plus(Duration.ofDays(9000));
    private static final Instant NEWEST = EARLIER.plusSeconds(5);

    private final MadeArchive archive = new MadeArchive();
    private final WalSegment first = archive.first();

    @Test
    void commitThatLiesInTwoSegmentsIsFound() {
        byte[] newest = commit(NEWEST);
        int in = 24;
        var one = new MadeWal(first, 0);
        byte[] earlier = commit(EARLIER);
        one.add(earlier);
        one.add(MadeWal.record(MESSAGE, new byte[one.room() - earlier.length - in - 29]));
        one.add(Arrays.copyOf(newest, in));
        var two =
                new MadeWal(
                        WalSegment.at(TimelineId.FIRST, first.end(), MadeWal.SEGMENT_BYTES),
                        MadeWal.length(newest) - in);
        two.add(Arrays.copyOfRange(newest, in, newest.length));
        archive.put(one);
        archive.put(two);
        assertThat(new NewestCommit(archive.plan(two.segment().end()), archive.store()).find())
                .contains(NEWEST);
    }

    @Test
    void commitOfWhichTheEndIsNotArchivedDoesNotCount() {
        byte[] newest = commit(NEWEST);
        var one = new MadeWal(first, 0);
        byte[] earlier = commit(EARLIER);
        one.add(earlier);
        one.add(MadeWal.record(MESSAGE, new byte[one.room() - earlier.length - 24 - 29]));
        one.add(Arrays.copyOf(newest, 24));
        archive.put(one);
        assertThat(new NewestCommit(archive.plan(first.end()), archive.store()).find())
                .contains(EARLIER);
    }

    private static byte[] commit(Instant time) {
        return MadeWal.record(
                TRANSACTION,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.nativeOrder())
                        .putLong(Duration.between(EPOCH, time).toNanos() / 1000)
                        .array());
    }
}

package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
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
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NewestCommitTest {

    private static final int TRANSACTION = 1;
    private static final int MESSAGE = 21;
    private static final SystemId SYSTEM = new SystemId(7301);
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant EARLIER = EPOCH.plus(Duration.ofDays(9000));
    private static final Instant NEWEST = EARLIER.plusSeconds(5);

    private final MemoryStore store = new MemoryStore();
    private final WalSegment first = new WalSegment(TimelineId.FIRST, 3, MadeWal.SEGMENT_BYTES);

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
        put(one);
        put(two);
        assertThat(new NewestCommit(plan(two.segment().end()), store).find()).contains(NEWEST);
    }

    @Test
    void commitOfWhichTheEndIsNotArchivedDoesNotCount() {
        byte[] newest = commit(NEWEST);
        var one = new MadeWal(first, 0);
        byte[] earlier = commit(EARLIER);
        one.add(earlier);
        one.add(MadeWal.record(MESSAGE, new byte[one.room() - earlier.length - 24 - 29]));
        one.add(Arrays.copyOf(newest, 24));
        put(one);
        assertThat(new NewestCommit(plan(first.end()), store).find()).contains(EARLIER);
    }

    private static byte[] commit(Instant time) {
        return MadeWal.record(
                TRANSACTION,
                ByteBuffer.allocate(8)
                        .order(ByteOrder.nativeOrder())
                        .putLong(Duration.between(EPOCH, time).toNanos() / 1000)
                        .array());
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
                        new Lsn(first.start().value() + 40),
                        new Lsn(first.start().value() + 80),
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

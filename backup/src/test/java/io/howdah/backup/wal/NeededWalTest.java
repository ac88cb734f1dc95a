package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.SEGMENT_BYTES;
import static io.howdah.backup.wal.StoredWal.SYSTEM;
import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.line;
import static io.howdah.backup.wal.StoredWal.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.CountingStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.sweep.SweptWal;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.util.List;
import org.junit.jupiter.api.Test;

/// From where on a standby's slot has to keep WAL for a repository.
class NeededWalTest {

    private static final byte[] PACKED = Zstd.compress(new byte[SEGMENT_BYTES]);

    private final WalNames names = new WalNames(SYSTEM);
    private final MemoryStore memory = new MemoryStore();
    private final CountingStore store = new CountingStore(memory);

    /// The standby's slot begins at its restartpoint, which is older than where the primary's did.
    @Test
    void walBeforeTheFirstOfTheArchiveIsNotKept() {
        segments(1, 5, 9);
        piece(1, at(10), at(10.5));
        assertThat(needed(line(), at(3.25))).isEqualTo(at(10.5));
        assertThat(needed(line(), at(10.5))).isEqualTo(at(10.5));
    }

    @Test
    void archiveMayBeginOnALaterTimeline() {
        segments(2, 5, 6);
        assertThat(needed(line(at(5.5)), at(3.25))).isEqualTo(at(7));
        // what the line has left is not of it
        segments(1, 7, 8);
        assertThat(needed(line(at(5.5)), at(3.25))).isEqualTo(at(7));
    }

    @Test
    void emptyRepositoryWantsAll() {
        assertThat(needed(line(), at(3.25))).isEqualTo(at(3.25));
    }

    @Test
    void gapInTheMiddleIsKept() {
        segments(1, 1, 3);
        segments(1, 6, 9);
        assertThat(needed(line(), at(2.5))).isEqualTo(at(4));
        assertThat(needed(line(), at(4))).isEqualTo(at(4));
        assertThat(needed(line(), at(4.5))).isEqualTo(at(4.5));
        assertThat(needed(line(at(5)), at(4.5))).isEqualTo(at(4.5));
    }

    @Test
    void gapBehindWhatWasBroughtInPiecesIsKept() {
        piece(1, at(1), at(1.5));
        segments(1, 6, 9);
        assertThat(needed(line(), at(4.5))).isEqualTo(at(4.5));
    }

    @Test
    void gapBehindTheTimelineBeforeIsKept() {
        segments(1, 1, 3);
        segments(2, 6, 9);
        assertThat(needed(line(at(5.5)), at(4.5))).isEqualTo(at(4.5));
        assertThat(needed(line(at(4.25)), at(4.5))).isEqualTo(at(4.5));
    }

    /// A standby was away for longer than WAL is kept; a backup that is kept by hand has its own.
    @Test
    void walThatWasSweptIsNotKept() {
        segments(1, 1, 3);
        segments(1, 20, 22);
        swept(at(20));
        assertThat(needed(line(), at(4))).isEqualTo(at(23));
        assertThat(needed(line(), at(12.5))).isEqualTo(at(23));
    }

    @Test
    void gapThatNoSweepMadeIsKept() {
        segments(1, 1, 3);
        segments(1, 20, 22);
        swept(at(19));
        assertThat(needed(line(), at(12.5))).isEqualTo(at(12.5));
    }

    @Test
    void yearsOfWalAreNotListed() {
        segments(1, 1, 5000);
        segments(1, 5002, 5003);
        assertThat(needed(line(), at(5001))).isEqualTo(at(5001));
        assertThat(store.lists()).isEqualTo(2);
    }

    private Lsn needed(TimelineHistory line, Lsn kept) {
        return new NeededWal(store, SYSTEM, line, SEGMENT_BYTES).from(kept);
    }

    private void segments(int timeline, int first, int last) {
        for (int number = first; number <= last; number++) {
            put(names.segment(new WalSegment(timeline(timeline), number, SEGMENT_BYTES)), PACKED);
        }
    }

    private void piece(int timeline, Lsn start, Lsn end) {
        put(names.piece(timeline(timeline), new WalRange(start, end)), PACKED);
    }

    private void swept(Lsn before) {
        put(
                new ObjectName("swept-wal.json"),
                RepositoryJson.write(
                        new SweptWal(List.of(new SweptWal.Swept(before, timeline(1))))));
    }

    private void put(ObjectName name, byte[] content) {
        PutOutcome _ = memory.put(name, Content.of(content), PutMode.REPLACE);
    }
}

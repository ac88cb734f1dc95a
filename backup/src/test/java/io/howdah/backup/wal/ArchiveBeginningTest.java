package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.SEGMENT_BYTES;
import static io.howdah.backup.wal.StoredWal.SYSTEM;
import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.line;
import static io.howdah.backup.wal.StoredWal.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.CountingStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Where an archive goes on is found without a look at all that was ever archived.
class ArchiveBeginningTest {

    private static final byte[] PACKED = Zstd.compress(new byte[SEGMENT_BYTES]);

    private final WalNames names = new WalNames(SYSTEM);

    @Test
    void yearsOfWalAreNotListedAfterAFailover() {
        var memory = new MemoryStore();
        for (int number = 1; number <= 12_000; number++) {
            segment(memory, 1, number);
        }
        piece(memory, 2, at(12_000), at(12_000.5));
        TimelineHistory line = line(at(12_000.25));
        var store = new CountingStore(memory);

        WalIndex all = WalIndex.read(store, SYSTEM);
        assertThat(store.lists()).isEqualTo(13);
        assertThat(store.gets()).isOne();
        WalIndex end = WalIndex.readEnd(store, SYSTEM, line, at(11_998.5), SEGMENT_BYTES);
        assertThat(store.lists()).as("one for each timeline from there on").isEqualTo(2);
        assertThat(store.gets()).as("of one segment's size").isOne();
        assertThat(ArchivePoint.next(end, line, at(11_998.5)))
                .isEqualTo(ArchivePoint.next(all, line, at(11_998.5)))
                .isEqualTo(new ArchivePoint(timeline(2), at(12_000.5)));
    }

    @Test
    void archiveThatEndsBeforeWhatTheServerKeepsIsFoundWhereItEnds() {
        var memory = new MemoryStore();
        for (int number = 1; number <= 40; number++) {
            segment(memory, 1, number);
        }
        // a backup's, behind a gap
        piece(memory, 1, at(60), at(60.5));
        WalIndex end = WalIndex.readEnd(memory, SYSTEM, line(), at(60.25), SEGMENT_BYTES);
        assertThat(ArchivePoint.next(end, line(), at(60.25)))
                .isEqualTo(new ArchivePoint(timeline(1), at(41)));
    }

    /// Segments and pieces of three timelines, with gaps and leftovers, and a slot anywhere.
    @Test
    void archiveGoesOnWhereItWouldIfItKnewAllNames() {
        var random = new Random(1);
        for (int round = 0; round < 20_000; round++) {
            var store = new MemoryStore();
            Lsn first = at(4 + random.nextInt(16) / 4.0);
            Lsn second = at(8 + random.nextInt(16) / 4.0);
            TimelineHistory line =
                    switch (random.nextInt(3)) {
                        case 0 -> line();
                        case 1 -> line(first);
                        default -> line(first, second);
                    };
            for (int timeline = 1; timeline <= 3; timeline++) {
                double density = random.nextDouble() * 1.5;
                for (int number = 3 * timeline; number < 3 * timeline + 8; number++) {
                    if (random.nextDouble() < density) {
                        segment(store, timeline, number);
                    } else if (random.nextInt(3) == 0) {
                        double from = number + random.nextInt(4) / 4.0;
                        piece(store, timeline, at(from), at(from + 0.25));
                    }
                }
            }
            Lsn kept = at(random.nextInt(80) / 4.0);
            WalIndex all = WalIndex.read(store, SYSTEM);
            WalIndex end = WalIndex.readEnd(store, SYSTEM, line, kept, SEGMENT_BYTES);
            ArchivePoint expected = ArchivePoint.next(all, line, kept);
            String what = "round %d, %s, from %s: %s".formatted(round, line, kept, store.names());
            assertThat(ArchivePoint.next(end, line, kept)).as(what).isEqualTo(expected);
            Lsn start = expected.segment(SEGMENT_BYTES).start();
            assertThat(end.of(expected.timeline()).reach(start))
                    .as(what)
                    .isEqualTo(all.of(expected.timeline()).reach(start));
        }
    }

    private void segment(MemoryStore store, int timeline, int number) {
        put(store, names.segment(new WalSegment(timeline(timeline), number, SEGMENT_BYTES)));
    }

    private void piece(MemoryStore store, int timeline, Lsn start, Lsn end) {
        put(store, names.piece(timeline(timeline), new WalRange(start, end)));
    }

    private static void put(MemoryStore store, ObjectName name) {
        PutOutcome _ = store.put(name, Content.of(PACKED), PutMode.IF_ABSENT);
    }
}

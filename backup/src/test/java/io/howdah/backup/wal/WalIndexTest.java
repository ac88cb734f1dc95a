package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.line;
import static io.howdah.backup.wal.StoredWal.timeline;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalIndexTest {

    @TempDir private Path directory;

    @SuppressWarnings("NullAway.Init")
    private StoredWal wal;

    @BeforeEach
    void begin() {
        wal = new StoredWal(directory);
    }

    @Test
    void segmentsOfEverySizeAreNamedAsPostgresqlNamesThem() {
        for (int size = 1 << 20; size > 0 && size <= 1 << 30; size <<= 1) {
            for (String position : List.of("0/0", "0/FFFFFFFF", "1/0", "A3/5000A10")) {
                WalSegment segment = WalSegment.at(new TimelineId(0x1A), Lsn.parse(position), size);
                assertThat(WalSegment.named(segment.name(), size)).contains(segment);
                assertThat(segment.range().contains(Lsn.parse(position))).isTrue();
            }
        }
        WalSegment usual = WalSegment.at(new TimelineId(3), Lsn.parse("2/A5000A10"), 16 << 20);
        assertThat(usual.name()).isEqualTo("0000000300000002000000A5");
        assertThat(usual.start()).isEqualTo(Lsn.parse("2/A5000000"));
        assertThat(WalSegment.named("000000030000000200000100", 16 << 20)).isEmpty();
        assertThat(WalSegment.named("00000003.history", 16 << 20)).isEmpty();
    }

    @Test
    void everyGapIsTold() {
        wal.segment(1, 3);
        wal.segment(1, 4);
        wal.segment(1, 6);
        wal.piece(1, at(7), at(7.25));
        wal.piece(1, at(7.5), at(7.75));
        WalIndex index = wal.index();
        assertThat(index.of(timeline(1)).coverage())
                .containsExactly(
                        new WalRange(at(3), at(5)),
                        new WalRange(at(6), at(7.25)),
                        new WalRange(at(7.5), at(7.75)));
        assertThat(index.gaps()).containsExactly(gap(1, at(5), at(6)), gap(1, at(7.25), at(7.5)));
        assertThat(index.of(timeline(2)).coverage()).isEmpty();
    }

    @Test
    void aLineReachesOverItsSwitchesAndNeverAlongWhatItLeft() {
        TimelineHistory two = line(at(4.5));
        wal.segment(1, 3);
        wal.segment(1, 4);
        wal.segment(1, 5); // the archive was ahead of the fork
        assertThat(wal.index().reach(line(), timeline(1), at(3.1))).isEqualTo(at(6));
        assertThat(wal.index().reach(two, timeline(1), at(3.1))).isEqualTo(at(4.5));
        wal.piece(2, at(4), at(4.75));
        wal.history(two);
        WalIndex index = wal.index();
        assertThat(index.history(timeline(2))).contains(two);
        assertThat(index.newest()).contains(timeline(2));
        assertThat(index.reach(two, timeline(1), at(3.1))).isEqualTo(at(4.75));
        assertThat(index.reach(two, timeline(2), at(4.6))).isEqualTo(at(4.75));
        assertThat(index.holds(two, timeline(1), new WalRange(at(3), at(4.75)))).isTrue();
        assertThat(index.holds(two, timeline(1), new WalRange(at(3), at(4.76)))).isFalse();
        assertThat(index.reach(two, timeline(1), at(1))).isEqualTo(at(1));
    }

    @Test
    void switchInASegmentThatOnlyTheNextTimelineHasIsNoGap() {
        // The old primary was lost before it sent the rest; the new one has it from its start.
        TimelineHistory three = line(at(4.5), at(4.9));
        wal.segment(1, 3);
        wal.piece(1, at(4), at(4.2));
        wal.piece(2, at(4), at(4.6));
        wal.segment(3, 4);
        wal.segment(3, 5);
        wal.history(three);
        assertThat(wal.index().reach(three, timeline(1), at(3.5))).isEqualTo(at(6));
        assertThat(wal.index().gaps()).isEmpty();
        assertThat(wal.index().nextGap(three, timeline(1), at(3.5))).isEmpty();
    }

    @Test
    void gapOverASwitchIsToldThoughNoTimelineHasOne() {
        TimelineHistory three = line(at(5.5), at(8.5));
        wal.segment(1, 3); // the archive stopped here
        wal.piece(2, at(7), at(7.5)); // and went on here, behind the switch
        wal.segment(3, 8);
        wal.segment(3, 9);
        wal.history(three);
        WalIndex index = wal.index();
        WalGap first = gap(2, at(4), at(7));
        WalGap second = gap(3, at(7.5), at(8));
        assertThat(index.gaps()).containsExactly(first, second);
        assertThat(index.nextGap(three, timeline(1), at(3.5))).contains(first);
        assertThat(index.nextGap(three, timeline(2), at(7.1))).contains(second);
        assertThat(index.nextGap(three, timeline(3), at(8))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whatIsReadFromASegmentOnReachesAsFarFromThereAsTheWhole(long seed) {
        var random = new Random(seed);
        TimelineHistory line = line(at(5.5), at(9.25));
        for (int number = 0; number < 16; number++) {
            for (int timeline = 1; timeline <= 3; timeline++) {
                if (random.nextInt(4) > 0) {
                    wal.segment(timeline, number);
                } else {
                    wal.piece(timeline, at(number), at(number + 0.5));
                }
            }
        }
        WalIndex whole = wal.index();
        for (double from = 0; from < 16; from += 0.25) {
            ArchivePoint point = ArchivePoint.at(line, at(from));
            WalIndex part =
                    WalIndex.read(
                            wal.store(),
                            StoredWal.SYSTEM,
                            line,
                            point.segment(StoredWal.SEGMENT_BYTES));
            assertThat(part.reach(line, point.timeline(), at(from)))
                    .as("from %s, seed %s", at(from), seed)
                    .isEqualTo(whole.reach(line, point.timeline(), at(from)));
        }
    }

    @Test
    void whatTheNewestLineHasLeftIsNoGapOfIt() {
        wal.segment(1, 3);
        wal.segment(1, 4);
        wal.segment(1, 7); // past the switch
        wal.piece(2, at(4), at(4.75));
        wal.history(line(at(4.5)));
        assertThat(wal.index().gaps()).isEmpty();
    }

    private static WalGap gap(int timeline, Lsn start, Lsn end) {
        return new WalGap(timeline(timeline), new WalRange(start, end));
    }

    @Test
    void whatIsNoWalIsPassedOverAndDamageIsNamed() {
        assertThatThrownBy(() -> wal.index()).isInstanceOf(StoreUnavailableException.class);
        wal.put(wal.names.prefix() + "00000001/tail/readme", Content.of(new byte[0]));
        wal.put(
                wal.names.prefix() + "00000002/000000010000000000000001.zst",
                Content.of(new byte[1]));
        wal.put(wal.names.prefix() + "00000000.history", Content.of(new byte[0]));
        assertThat(wal.index().timelines()).isEmpty();
        assertThat(wal.index().newest()).isEmpty();
        wal.put(wal.names.prefix() + "00000002.history", Content.of(new byte[] {'x'}));
        wal.put(wal.names.prefix() + "00000003.history", Content.of(new byte[0]));
        assertThat(wal.index().newest()).contains(timeline(3));
        assertThatThrownBy(() -> wal.index().history(timeline(3)))
                .hasMessageContaining("00000003.history")
                .hasMessageContaining("it is empty");
        assertThatThrownBy(() -> wal.index().history(timeline(2)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("00000002.history")
                .hasMessageContaining("HINT: ");
    }
}

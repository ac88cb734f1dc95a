package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.SEGMENT_BYTES;
import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.content;
import static io.howdah.backup.wal.StoredWal.line;
import static io.howdah.backup.wal.StoredWal.timeline;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.verify.Damage;
import io.howdah.backup.verify.Verification;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.wire.TimelineHistoryFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a full disk, a lost block or a bad copy makes of archived WAL.
class WalDamageTest {

    @TempDir private Path directory;

    @SuppressWarnings("NullAway.Init")
    private StoredWal wal;

    @BeforeEach
    void begin() {
        wal = new StoredWal(directory);
    }

    @Test
    void verifyNamesWhatHoldsFewerBytesThanItsNameSays() throws IOException {
        WalSegment empty = wal.segment(1, 3);
        WalSegment half = wal.segment(1, 4);
        WalSegment cut = wal.segment(1, 5);
        WalSegment whole = wal.segment(1, 6);
        WalRange piece = wal.piece(1, at(7), at(7.5));
        wal.piece(1, at(7.5), at(7.75));
        replace(wal.names.segment(empty), new byte[0]);
        replace(wal.names.segment(half), packed(Arrays.copyOf(bytes(half), SEGMENT_BYTES / 2)));
        replace(wal.names.segment(cut), Arrays.copyOf(packed(bytes(cut)), 1000));
        replace(wal.names.piece(timeline(1), piece), new byte[0]);

        List<Damage> damage = verify();
        assertThat(damage)
                .extracting(Damage::what)
                .containsExactly(
                        empty.name() + ".zst",
                        half.name() + ".zst",
                        cut.name() + ".zst",
                        wal.names.piece(timeline(1), piece).last());
        assertThat(damage.getFirst().how())
                .contains("it holds 0 bytes of WAL out of " + SEGMENT_BYTES);
        assertThat(wal.index().of(timeline(1)).segments())
                .as("one that says nothing does not hide the others")
                .containsExactly(new WalRange(empty.start(), whole.end()));
    }

    @Test
    void archiverPutsAnewWhatIsDamagedAndRefusesWhatIsSomethingElse() throws IOException {
        WalSegment segment = wal.segment(1, 3);
        byte[] good = packed(bytes(segment));
        byte[] other = bytes(segment);
        other[0]++;
        Path file = Files.write(directory.resolve("segment"), bytes(segment));
        byte[] torn = packed(other);
        torn[torn.length - 1]++;
        for (byte[] damaged :
                List.of(
                        new byte[0],
                        Arrays.copyOf(good, 1000),
                        packed(Arrays.copyOf(other, 1000)),
                        torn)) {
            replace(wal.names.segment(segment), damaged);
            putter().segment(segment, file);
            assertThat(verify()).isEmpty();
        }
        replace(wal.names.segment(segment), packed(other));
        assertThatThrownBy(() -> putter().segment(segment, file))
                .isInstanceOf(WalConflictException.class);
    }

    /// The archiver was killed before it saw what the store had kept of it.
    @Test
    void segmentInWhichTheArchiveEndsIsPutAnewWhereItIsDamaged() throws IOException {
        WalSegment segment = wal.segment(1, 3);
        wal.piece(1, at(3), at(3.5));
        Path file = Files.write(directory.resolve("segment"), bytes(segment));
        replace(wal.names.segment(segment), Arrays.copyOf(packed(bytes(segment)), 1000));
        putter().requireSame(segment, segment.range(), file);
        assertThat(verify()).isEmpty();
        assertThat(wal.index().of(timeline(1)).pieces()).isEmpty();

        WalRange piece = wal.piece(1, at(4), at(4.5));
        WalSegment next = segment.plus(1);
        Files.write(file, bytes(next));
        replace(wal.names.piece(timeline(1), piece), new byte[0]);
        putter().requireSame(next, piece, file);
        assertThat(verify()).isEmpty();
        byte[] other = bytes(next);
        other[0]++;
        Files.write(file, other);
        assertThatThrownBy(() -> putter().requireSame(next, piece, file))
                .isInstanceOf(WalConflictException.class);
    }

    /// Its pieces are all there is of it elsewhere.
    @Test
    void piecesStayWhereTheStoreHasKeptHalfOfTheirSegment() throws IOException {
        WalRange piece = wal.piece(1, at(3), at(3.5));
        WalSegment segment = new WalSegment(timeline(1), 3, SEGMENT_BYTES);
        Path file = Files.write(directory.resolve("segment"), bytes(segment));
        var halves = new FaultyStore(wal.store(), 1, 0);
        halves.cut(name -> name.equals(wal.names.segment(segment)));
        var putter = new WalPutter(halves, StoredWal.SYSTEM, directory.resolve("own"), 1);
        for (int times = 0; times < 2; times++) {
            assertThatThrownBy(() -> putter.segment(segment, file))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("bytes of it, not")
                    .hasMessageContaining("HINT: ");
            assertThat(wal.index().of(timeline(1)).pieces()).containsExactly(piece);
        }
        halves.heal();
        putter.segment(segment, file);
        assertThat(verify()).isEmpty();
        assertThat(wal.index().of(timeline(1)).pieces()).isEmpty();
    }

    @Test
    void piecesOfAnEarlierSegmentGoOnlyWhereThatIsWhole() throws IOException {
        WalSegment cut = wal.segment(1, 3);
        WalSegment whole = wal.segment(1, 4);
        WalRange ofCut = wal.piece(1, at(3), at(3.5));
        wal.piece(1, at(4), at(4.5));
        wal.piece(1, at(4.5), at(4.75));
        WalRange gap = wal.piece(1, at(2), at(2.5));
        replace(wal.names.segment(cut), Arrays.copyOf(packed(bytes(cut)), 1000));
        WalSegment next = whole.plus(1);
        putter().segment(next, Files.write(directory.resolve("segment"), bytes(next)));
        assertThat(wal.index().of(timeline(1)).pieces()).containsExactlyInAnyOrder(gap, ofCut);
    }

    @Test
    void damagedHistoryIsNamedByVerifyAndPutAnewByTheArchiver() {
        TimelineHistory two = line(at(4.5));
        wal.segment(1, 4);
        var file = new TimelineHistoryFile("00000002.history", "1\t" + at(4.5) + "\tx\n", two);
        putter().history(file);
        for (byte[] damaged : List.of(new byte[0], new byte[] {'x'})) {
            replace(wal.names.history(timeline(2)), damaged);
            assertThat(verify()).extracting(Damage::what).containsExactly("00000002.history");
            putter().history(file);
            assertThat(verify()).isEmpty();
            assertThat(wal.index().history(timeline(2))).contains(two);
        }
        replace(wal.names.history(timeline(2)), "1\t0/1000\tx\n".getBytes(UTF_8));
        assertThatThrownBy(() -> putter().history(file)).isInstanceOf(WalConflictException.class);
    }

    @Test
    void historyOfANumberThatTheServerNeverUsedIsThereWhereALostServerUsedIt() {
        wal.segment(1, 4);
        putter().history(
                        new TimelineHistoryFile(
                                "00000002.history", "1\t" + at(4.5) + "\tx\n", line(at(4.5))));
        var target = new ArchiveTarget(wal.store(), StoredWal.SYSTEM, RepositoryMemory.none());

        assertThat(target.holds(line(at(4.5)))).isTrue();
        assertThat(target.holds(line(at(4)))).as("another line").isFalse();
        assertThat(target.holds(TimelineHistory.startingAt(timeline(2)))).as("skipped").isTrue();
        assertThat(target.holds(TimelineHistory.startingAt(timeline(3)))).as("missing").isFalse();
    }

    private WalPutter putter() {
        return new WalPutter(wal.store(), StoredWal.SYSTEM, directory.resolve("own"), 1);
    }

    private List<Damage> verify() {
        var identity =
                new RepositoryIdentity(
                        RepositoryIdentity.FORMAT, UUID.randomUUID(), StoredWal.SYSTEM, null);
        return new Verification(new Repository(wal.store(), identity), 1, read -> {})
                .run()
                .damage();
    }

    private static byte[] bytes(WalSegment segment) {
        return content(segment.timeline(), segment.range());
    }

    private byte[] packed(byte[] plain) throws IOException {
        return wal.packed(plain).open().readAllBytes();
    }

    private void replace(ObjectName name, byte[] content) {
        PutOutcome _ = wal.store().put(name, Content.of(content), PutMode.REPLACE);
    }
}

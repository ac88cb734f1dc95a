package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.SEGMENT_BYTES;
import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.content;
import static io.howdah.backup.wal.StoredWal.line;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalSourceTest {

    @TempDir private Path directory;

    @SuppressWarnings("NullAway.Init")
    private StoredWal wal;

    @BeforeEach
    void begin() {
        wal = new StoredWal(directory);
    }

    @Test
    void completeSegmentComesAsItWas() throws IOException {
        WalSegment segment = wal.segment(1, 3);
        assertThat(fetch(line(), segment.name()))
                .isEqualTo(content(segment.timeline(), segment.range()));
    }

    @Test
    void piecesAreJoinedUpToTheirFirstGapAndFilledUp() throws IOException {
        wal.piece(1, at(3), at(3.25));
        wal.piece(1, at(3), at(3.125)); // put by an archiver that was killed
        wal.piece(1, at(3.125), at(3.5));
        wal.piece(1, at(3.75), at(4));
        byte[] joined = fetch(line(), segment(1, 3).name());
        assertThat(joined).isEqualTo(upTo(segment(1, 3), at(3.5)));
    }

    @Test
    void nothingPastTheForkIsEverGiven() throws IOException {
        wal.segment(1, 3);
        wal.segment(1, 4);
        wal.segment(1, 5);
        TimelineHistory two = line(at(4.5));
        assertThat(fetch(two, segment(1, 4).name())).isEqualTo(upTo(segment(1, 4), at(4.5)));
        assertThat(source(two).fetch(segment(1, 5).name(), target())).isFalse();
        assertThat(fetch(line(), segment(1, 5).name())).hasSize(SEGMENT_BYTES);
    }

    @Test
    void notThereIsSaidOnlyWhenItIsCertain() {
        String name = segment(1, 3).name();
        assertThatThrownBy(() -> source(line()).fetch(name, target()))
                .isInstanceOf(StoreUnavailableException.class);
        wal.segment(1, 2);
        wal.piece(1, at(3.5), at(3.75));
        assertThat(source(line()).fetch(name, target())).isFalse();
        assertThat(source(line()).fetch("00000002.history", target())).isFalse();
        assertThat(source(line()).fetch("../../etc/passwd", target())).isFalse();
    }

    @Test
    void historiesComeAsTheyWere() throws IOException {
        wal.history(line(at(4.5)));
        assertThat(new String(fetch(line(), "00000002.history"), UTF_8))
                .isEqualTo("1\t" + at(4.5) + "\tno reason\n");
    }

    @Test
    void damagedSegmentIsNamedAndNeverGiven() throws IOException {
        WalSegment segment = segment(1, 3);
        byte[] packed =
                wal.packed(content(segment.timeline(), segment.range())).open().readAllBytes();
        packed[packed.length / 2] ^= 1;
        wal.put(wal.names.segment(segment).text(), Content.of(packed));
        assertThatThrownBy(() -> source(line()).fetch(segment.name(), target()))
                .isInstanceOf(BackupException.class)
                .isNotInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(segment.name() + ".zst")
                .hasMessageContaining("damaged");
        wal.segment(1, 4);
        wal.put(
                wal.names.segment(segment(1, 5)).text(),
                wal.packed(
                        Arrays.copyOf(content(segment.timeline(), segment(1, 5).range()), 1000)));
        assertThatThrownBy(() -> source(line()).fetch(segment(1, 5).name(), target()))
                .hasMessageContaining("it holds 1000 bytes of WAL");
    }

    @Test
    void piecesOfADamagedSegmentAreGivenAndWhatIsMissingIsTold() throws IOException {
        WalSegment segment = segment(1, 3);
        wal.put(wal.names.segment(segment).text(), Content.of(new byte[] {1, 2, 3}));
        wal.piece(1, at(3), at(3.25));
        wal.piece(1, at(3.25), at(3.75));
        WalSource source = source(line());
        assertThat(source.fetch(segment.name(), target())).isTrue();
        assertThat(Files.readAllBytes(target())).isEqualTo(upTo(segment, at(3.75)));
        assertThat(source.damage().orElseThrow())
                .hasMessageContaining(segment.name() + ".zst")
                .hasMessageContaining("its pieces go to " + at(3.75))
                .hasMessageContaining("HINT: ");

        WalSource forked = source(line(at(3.5)));
        assertThat(forked.fetch(segment.name(), target())).isTrue();
        assertThat(Files.readAllBytes(target())).isEqualTo(upTo(segment, at(3.5)));
        assertThat(forked.damage()).as("nothing that counts is missing").isEmpty();
    }

    private static WalSegment segment(int timeline, int number) {
        return new WalSegment(StoredWal.timeline(timeline), number, SEGMENT_BYTES);
    }

    private static byte[] upTo(WalSegment segment, Lsn end) {
        byte[] content = content(segment.timeline(), new WalRange(segment.start(), end));
        return Arrays.copyOf(content, SEGMENT_BYTES);
    }

    private WalSource source(TimelineHistory line) {
        return wal.source(line);
    }

    private byte[] fetch(TimelineHistory line, String name) throws IOException {
        assertThat(source(line).fetch(name, target())).isTrue();
        return Files.readAllBytes(target());
    }

    private Path target() {
        return directory.resolve("fetched");
    }
}

package io.howdah.backup.wal;

import static io.howdah.backup.wal.StoredWal.at;
import static io.howdah.backup.wal.StoredWal.line;
import static io.howdah.backup.wal.StoredWal.timeline;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SegmentCopyTest {

    private static final int PAGE_BYTES = 8192;
    private static final int SIZE = StoredWal.SEGMENT_BYTES;

    @TempDir private Path directory;

    @Test
    void segmentIsCopiedAsItIs() throws IOException {
        WalSegment segment = new WalSegment(timeline(1), 7, SIZE);
        byte[] content = content(segment, 1, SIZE);
        Path file = Files.write(directory.resolve(segment.name()), content);
        var copy = new SegmentCopy(segment, line(), file);
        assertThat(copy.into(copied())).isTrue();
        assertThat(Files.readAllBytes(copied())).isEqualTo(content);
    }

    /// A checkpoint renames it, and the server writes over it, before all of it was read.
    @Test
    void fileThatGetsAnotherNameWhileItIsReadCountsForNothing() throws IOException {
        WalSegment segment = new WalSegment(timeline(1), 7, SIZE);
        WalSegment future = new WalSegment(timeline(1), 30, SIZE);
        byte[] mixed = content(segment, 1, SIZE);
        // All but the pages that are looked at.
        System.arraycopy(
                content(future, 1, SIZE), PAGE_BYTES, mixed, PAGE_BYTES, SIZE - 2 * PAGE_BYTES);
        Path file = Files.write(directory.resolve(segment.name()), content(segment, 1, SIZE));
        var copy = new SegmentCopy(segment, line(), file);
        assertThat(
                        copy.into(
                                copied(),
                                (from, to) -> {
                                    Files.write(to, mixed);
                                    Files.move(from, directory.resolve(future.name()));
                                }))
                .isFalse();
        Files.write(file, content(segment, 1, SIZE));
        assertThat(
                        copy.into(
                                copied(),
                                (from, to) -> {
                                    Files.write(to, mixed);
                                    Path other = Files.write(directory.resolve("other"), mixed);
                                    Files.move(other, from, StandardCopyOption.REPLACE_EXISTING);
                                }))
                .as("another file has the name now")
                .isFalse();
        assertThat(new SegmentCopy(future, line(), directory.resolve("none")).into(copied()))
                .as("one that is not there")
                .isFalse();
    }

    @Test
    void pagesOfAnotherSegmentOrOfNoneAreFoundOut() throws IOException {
        WalSegment segment = new WalSegment(timeline(1), 7, SIZE);
        WalSegment other = new WalSegment(timeline(1), 6, SIZE);
        byte[] good = content(segment, 1, SIZE);
        assertThat(isTaken(segment, content(other, 1, SIZE))).isFalse();
        assertThat(isTaken(segment, new byte[SIZE])).isFalse();
        assertThat(isTaken(segment, Arrays.copyOf(good, SIZE - PAGE_BYTES))).isFalse();
        byte[] begun = good.clone();
        System.arraycopy(
                content(other, 1, SIZE), SIZE - PAGE_BYTES, begun, SIZE - PAGE_BYTES, PAGE_BYTES);
        assertThat(isTaken(segment, begun)).as("not written to its end").isFalse();
        assertThat(isTaken(segment, content(segment, 1, SIZE / 2)))
                .as("behind the switch to a new segment there is nothing")
                .isTrue();
    }

    @Test
    void pagesAreOfTheServersLine() throws IOException {
        WalSegment segment = new WalSegment(timeline(3), 7, SIZE);
        byte[] content = content(segment, 3, SIZE);
        putTimeline(content, 0, 1);
        assertThat(isTaken(segment, content)).as("1 was left in this segment").isTrue();
        putTimeline(content, 0, 2);
        assertThat(isTaken(segment, content)).as("2 is not of the line").isFalse();
        putTimeline(content, 0, 4);
        assertThat(isTaken(segment, content)).as("4 is a later one").isFalse();
    }

    private boolean isTaken(WalSegment segment, byte[] content) throws IOException {
        Path file = Files.write(directory.resolve(segment.name()), content);
        var line = line().then(at(7.5), timeline(3));
        return new SegmentCopy(segment, line, file).into(copied());
    }

    private Path copied() {
        return directory.resolve("copied");
    }

    /// Pages with headers as PostgreSQL writes them, up to some length.
    private static byte[] content(WalSegment segment, int timeline, int length) {
        byte[] content = new byte[SIZE];
        ByteBuffer pages = ByteBuffer.wrap(content).order(ByteOrder.nativeOrder());
        for (int at = 0; at < length; at += PAGE_BYTES) {
            pages.putShort(at, (short) 0xD118);
            pages.putShort(at + 2, (short) (at == 0 ? 2 : 0));
            pages.putInt(at + 4, timeline);
            pages.putLong(at + 8, segment.start().value() + at);
            pages.put(at + 100, (byte) (at / PAGE_BYTES));
        }
        pages.putInt(32, SIZE);
        pages.putInt(36, PAGE_BYTES);
        return content;
    }

    private static void putTimeline(byte[] content, int at, int timeline) {
        ByteBuffer.wrap(content).order(ByteOrder.nativeOrder()).putInt(at + 4, timeline);
    }
}

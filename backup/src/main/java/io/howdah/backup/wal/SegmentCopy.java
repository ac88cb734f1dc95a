package io.howdah.backup.wal;

import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Copies a segment out of the `pg_wal` of a server that runs. A checkpoint there may give the file
/// of an old segment the name of a future one, and write over it, while it is being read. So the
/// copy counts only if the name still means the same file afterwards, and if its first and its last
/// page say that they are of this segment (src/include/access/xlog_internal.h, XLogPageHeaderData).
/// Immutable.
///
/// @param segment which one
/// @param line of the server
/// @param file where the server has it
record SegmentCopy(WalSegment segment, TimelineHistory line, Path file) {

    /// Copies a file over another one.
    @FunctionalInterface
    interface Copier {
        /// Copies all of it.
        ///
        /// @throws IOException when it cannot
        void copy(Path from, Path to) throws IOException;
    }

    private static final int HEADER_BYTES = 24;
    private static final int LONG_HEADER_BYTES = 40;
    private static final int LONG_HEADER = 0x02;
    private static final int LEAST_PAGE_BYTES = 1024;

    /// Copies it.
    ///
    /// @return whether it is there and for certain that segment; else what was copied is nothing
    /// @throws IOException when it cannot be read, or not written
    boolean into(Path copy) throws IOException {
        return into(copy, (from, to) -> Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING));
    }

    boolean into(Path copy, Copier copier) throws IOException {
        try {
            Object before = key();
            copier.copy(file, copy);
            return Objects.equals(before, key()) && isSegment(copy);
        } catch (NoSuchFileException e) {
            if (Files.exists(file)) {
                throw e;
            }
            return false;
        }
    }

    /// Which file has the name.
    private @Nullable Object key() throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private boolean isSegment(Path copy) throws IOException {
        try (FileChannel channel = FileChannel.open(copy, StandardOpenOption.READ)) {
            if (channel.size() != segment.size()) {
                return false;
            }
            ByteBuffer first = read(channel, 0, LONG_HEADER_BYTES);
            int pageBytes = first.getInt(LONG_HEADER_BYTES - Integer.BYTES);
            if ((first.getShort(Short.BYTES) & LONG_HEADER) == 0
                    || Integer.bitCount(pageBytes) != 1
                    || pageBytes < LEAST_PAGE_BYTES
                    || pageBytes > segment.size()) {
                return false;
            }
            int last = segment.size() - pageBytes;
            ByteBuffer end = read(channel, last, HEADER_BYTES);
            return isPage(first, 0) && (isUnused(end) || isPage(end, last));
        }
    }

    private static ByteBuffer read(FileChannel channel, long position, int bytes)
            throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
        while (buffer.hasRemaining() && channel.read(buffer, position + buffer.position()) >= 0) {
            // the rest
        }
        return buffer;
    }

    /// Behind the switch to a new segment nothing is written, not even the headers of pages.
    private static boolean isUnused(ByteBuffer header) {
        return header.flip().mismatch(ByteBuffer.allocate(HEADER_BYTES)) < 0;
    }

    /// Whether a page's header says that it lies there. On a timeline's first segment there are
    /// pages of the one before.
    private boolean isPage(ByteBuffer header, int offset) {
        long timeline = Integer.toUnsignedLong(header.getInt(4));
        return header.getLong(8) == segment.start().value() + offset
                && timeline > 0
                && timeline <= segment.timeline().value()
                && line.includes(new TimelineId(timeline));
    }
}

package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Finds records in a segment of PostgreSQL's WAL, without a server
/// (src/include/access/xlogrecord.h, xlog_internal.h: the same from PostgreSQL 15 to 18). It ends
/// where PostgreSQL would: behind the last whole record. For one segment, once.
public final class SegmentRecords {

    /// What is looked for. Only records that refer to no block of a table or an index are found.
    public interface Visitor {
        /// Whether records of that kind are wanted.
        ///
        /// @param manager the number of the resource manager
        /// @param info its kind, of which the low four bits are none of the manager's
        boolean wants(int manager, int info);

        /// A wanted record.
        ///
        /// @param start its position
        /// @param data its own data
        void record(Lsn start, int manager, int info, ByteBuffer data);

        /// Any record that begins in this segment, wanted or not, and whose end may be there.
        ///
        /// @param start its position
        /// @param end what it does not end before: its end, where that lies in this segment
        default void passed(Lsn start, Lsn end) {}
    }

    /// A part of a record that lies in two segments.
    ///
    /// @param start its position in this segment
    /// @param missing in the first part, how many bytes the other has to have; in the second, how
    ///   many it has
    /// @param bytes those that are here, the first [#MOST_BYTES] at most
    public record Part(Lsn start, long missing, ByteBuffer bytes) {}

    /// The records that lie in this segment and in another one.
    ///
    /// @param first what began in the segment before; empty when nothing did
    /// @param last what goes on in the next one; empty when nothing does that could be wanted
    public record Edges(Optional<Part> first, Optional<Part> last) {
        private static final Edges NONE = new Edges(Optional.empty(), Optional.empty());
    }

    /// How much of a long record is looked at.
    private static final int MOST_BYTES = 4096;

    private static final int PAGE_HEADER_BYTES = 24;
    private static final int LONG_PAGE_HEADER_BYTES = 40;
    private static final int HEADER_BYTES = 24;

    private static final int CONTINUES = 0x01;
    private static final int LONG_HEADER = 0x02;

    private static final int DATA_SHORT = 255;
    private static final int DATA_LONG = 254;
    private static final int ORIGIN = 253;
    private static final int TOP_TRANSACTION = 252;

    private final WalSegment segment;
    private final ByteBuffer content;
    private final Visitor visitor;
    private final ByteBuffer header = buffer(HEADER_BYTES);
    private int pageBytes;
    private int at;

    private SegmentRecords(WalSegment segment, ByteBuffer content, Visitor visitor) {
        this.segment = segment;
        this.content = content.order(ByteOrder.nativeOrder());
        this.visitor = visitor;
    }

    /// Reads a segment.
    ///
    /// @param content all of it
    public static Edges read(WalSegment segment, FileChannel content, Visitor visitor)
            throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer bytes =
                    content.map(FileChannel.MapMode.READ_ONLY, 0, segment.size(), arena)
                            .asByteBuffer();
            return new SegmentRecords(segment, bytes, visitor).read();
        }
    }

    /// Joins the two parts of a record, and visits it if it is wanted and whole.
    public static void join(Part last, Part first, Visitor visitor) {
        if (last.missing() != first.missing()) {
            return;
        }
        ByteBuffer whole = buffer(last.bytes().limit() + first.bytes().limit());
        whole.put(last.bytes().duplicate().rewind()).put(first.bytes().duplicate().rewind()).flip();
        if (whole.limit() >= HEADER_BYTES && visitor.wants(manager(whole), info(whole))) {
            visit(last.start(), whole, visitor);
        }
    }

    private Edges read() {
        if (!isPage() || (pageInfo() & LONG_HEADER) == 0) {
            return Edges.NONE;
        }
        pageBytes = content.getInt(at + LONG_PAGE_HEADER_BYTES - Integer.BYTES);
        if (Integer.bitCount(pageBytes) != 1 || pageBytes < LONG_PAGE_HEADER_BYTES) {
            return Edges.NONE;
        }
        Optional<Part> first = enterPage();
        Optional<Part> last = Optional.empty();
        while (isRecord()) {
            last = record();
        }
        return new Edges(first, last);
    }

    /// Whether the next record begins here, behind what is filled up and behind a page's header.
    private boolean isRecord() {
        at = (at + 7) & -8;
        while (at % pageBytes == 0) {
            if (!isPage()) {
                return false;
            }
            Optional<Part> _ = enterPage();
            at = (at + 7) & -8;
        }
        return length() >= HEADER_BYTES;
    }

    private long length() {
        return Integer.toUnsignedLong(content.getInt(at));
    }

    /// Whether a page of this segment begins here.
    private boolean isPage() {
        return at < segment.size()
                && content.getLong(at + Long.BYTES) == segment.start().value() + at;
    }

    private int pageInfo() {
        return content.getShort(at + Short.BYTES);
    }

    /// Goes behind a page's header, and behind what it has of a record that began before.
    private Optional<Part> enterPage() {
        boolean continues = (pageInfo() & CONTINUES) != 0;
        long rest = Integer.toUnsignedLong(content.getInt(at + 16));
        at += pageHeaderBytes();
        if (!continues) {
            return Optional.empty();
        }
        ByteBuffer bytes = buffer((int) Math.min(rest, MOST_BYTES));
        long _ = take(rest, bytes);
        return Optional.of(new Part(segment.start(), rest, bytes.flip()));
    }

    private int pageHeaderBytes() {
        return (pageInfo() & LONG_HEADER) == 0 ? PAGE_HEADER_BYTES : LONG_PAGE_HEADER_BYTES;
    }

    /// Goes behind a record.
    ///
    /// @return it, when it goes on in the next segment and could be wanted
    private Optional<Part> record() {
        Lsn start = new Lsn(segment.start().value() + at);
        long length = length();
        header.clear();
        long taken = take(HEADER_BYTES, header);
        header.flip();
        boolean wanted = taken < HEADER_BYTES || visitor.wants(manager(header), info(header));
        ByteBuffer bytes = wanted ? buffer((int) Math.min(length, MOST_BYTES)) : buffer(0);
        if (wanted) {
            bytes.put(header);
        }
        if (taken == HEADER_BYTES) {
            taken += take(length - taken, bytes);
        }
        bytes.flip();
        if (taken == length || at == segment.size()) {
            visitor.passed(start, new Lsn(segment.start().value() + at + length - taken));
        }
        if (wanted && taken == length) {
            visit(start, bytes, visitor);
        }
        return wanted && taken < length && at == segment.size()
                ? Optional.of(new Part(start, length - taken, bytes))
                : Optional.empty();
    }

    /// Takes bytes of a record, over the headers of pages that go on with it.
    ///
    /// @param into gets as many of them as it has room for
    /// @return how many there were
    private long take(long count, ByteBuffer into) {
        long taken = 0;
        while (taken < count) {
            if (at % pageBytes == 0) {
                if (!isPage() || (pageInfo() & CONTINUES) == 0) {
                    // The end of the segment; or it was left unfinished, and written over.
                    return taken;
                }
                at += pageHeaderBytes();
            }
            int run = (int) Math.min(count - taken, pageBytes - at % pageBytes);
            into.put(content.slice(at, Math.min(run, into.remaining())));
            at += run;
            taken += run;
        }
        return taken;
    }

    private static int manager(ByteBuffer record) {
        return record.get(17) & 0xff;
    }

    private static int info(ByteBuffer record) {
        return record.get(16) & 0xff;
    }

    private static void visit(Lsn start, ByteBuffer record, Visitor visitor) {
        boolean whole = Integer.toUnsignedLong(record.getInt(0)) == record.limit();
        int data = dataOf(record);
        if (data < record.limit() && (!whole || isAsWritten(record))) {
            visitor.record(
                    start,
                    manager(record),
                    info(record),
                    record.slice(data, record.limit() - data).order(ByteOrder.nativeOrder()));
        }
    }

    /// Where the data of a record without blocks begin; its end where it has some.
    private static int dataOf(ByteBuffer record) {
        int position = HEADER_BYTES;
        while (position < record.limit()) {
            switch (record.get(position) & 0xff) {
                case DATA_SHORT -> {
                    return position + 2;
                }
                case DATA_LONG -> {
                    return position + 5;
                }
                case ORIGIN -> position += 3;
                case TOP_TRANSACTION -> position += 5;
                default -> {
                    return record.limit();
                }
            }
        }
        return position;
    }

    /// Its checksum is over what follows the header, then over the header itself.
    private static boolean isAsWritten(ByteBuffer record) {
        var sum = new CRC32C();
        sum.update(record.slice(HEADER_BYTES, record.limit() - HEADER_BYTES));
        sum.update(record.slice(0, HEADER_BYTES - Integer.BYTES));
        return (int) sum.getValue() == record.getInt(HEADER_BYTES - Integer.BYTES);
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.nativeOrder());
    }
}

package io.howdah.backup.wal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/// A segment that no server has written, as one would have.
public final class MadeWal {

    public static final int SEGMENT_BYTES = 1 << 20;

    private static final int PAGE = 8192;

    private final WalSegment segment;
    private final ByteBuffer content =
            ByteBuffer.allocate(SEGMENT_BYTES).order(ByteOrder.nativeOrder());

    /// @param continued how many bytes of a record that began before come first
    public MadeWal(WalSegment segment, int continued) {
        this.segment = segment;
        page(continued);
    }

    /// A record that refers to no block, with data in the long form.
    public static byte[] record(int manager, byte[] data) {
        int length = 24 + 5 + data.length;
        ByteBuffer record = ByteBuffer.allocate((length + 7) & -8).order(ByteOrder.nativeOrder());
        record.putInt(0, length).put(17, (byte) manager);
        record.put(24, (byte) 254).putInt(25, data.length).put(29, data);
        var sum = new CRC32C();
        sum.update(record.slice(24, length - 24));
        sum.update(record.slice(0, 20));
        return record.putInt(20, (int) sum.getValue()).array();
    }

    /// Of a record, without what it is filled up with.
    public static int length(byte[] record) {
        return ByteBuffer.wrap(record).order(ByteOrder.nativeOrder()).getInt(0);
    }

    /// How many bytes of records it holds.
    public int room() {
        return SEGMENT_BYTES - 40 - (SEGMENT_BYTES / PAGE - 1) * 24;
    }

    /// Adds a record, or the part of one.
    public void add(byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (content.position() % PAGE == 0) {
                page(i == 0 ? 0 : bytes.length - i);
            }
            content.put(bytes[i]);
        }
    }

    public WalSegment segment() {
        return segment;
    }

    public byte[] content() {
        return content.array();
    }

    private void page(int continued) {
        int at = content.position();
        int flags = (continued > 0 ? 1 : 0) | (at == 0 ? 2 : 0);
        content.putShort((short) 0xd110).putShort((short) flags).putInt(1);
        content.putLong(segment.start().value() + at).putInt(continued).putInt(0);
        if (at == 0) {
            content.putLong(1).putInt(SEGMENT_BYTES).putInt(PAGE);
        }
    }
}

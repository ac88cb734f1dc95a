package io.howdah.backup.chunk;

import io.howdah.postgres.Lsn;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Judges PostgreSQL's page checksums (PostgreSQL, src/include/storage/checksum_impl.h). Pages that
/// were never written, and pages that changed after the backup began, are not judged: the latter
/// may be torn, and are replayed from WAL. Pure; thread-safe.
///
/// @param from where the backup begins: pages with this LSN or a later one are not judged
public record PageJudge(Lsn from) {

    /// What is to be said of a page.
    public enum Verdict {
        /// As it was written, or not to be judged.
        GOOD,
        /// Its checksum does not fit: read it again, as it may have been torn; then it is damaged.
        BAD
    }

    private static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());
    private static final VarHandle SHORT =
            MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.nativeOrder());

    private static final int CHECKSUM_OFFSET = 8;
    private static final int UPPER_OFFSET = 14;
    private static final byte[] NEVER_WRITTEN = new byte[ChunkSize.PAGE_BYTES];
    private static final int LANES = 32;
    private static final int PRIME = 16777619;

    private static final int[] BASES = {
        0x5B1F36E9, 0xB8525960, 0x02AB50AA, 0x1DE66D2A, 0x79FF467A, 0x9BB9F8A3, 0x217E7CD2,
        0x83E13D2C, 0xF8D4474F, 0xE39EB970, 0x42C6AE16, 0x993216FA, 0x7B093B5D, 0x98DAFF3C,
        0xF718902A, 0x0B1C9CDB, 0xE58F764B, 0x187636BC, 0x5D7B3BB1, 0xE73DE7DE, 0x92BEC979,
        0xCCA6C0B2, 0x304A0979, 0x85AA43D4, 0x783125BB, 0x6CA8EAA2, 0xE407EAC6, 0x4B5CFC3E,
        0x9FBF8C76, 0x15CA20BE, 0xF2CA9FD3, 0x959BD756
    };

    /// Judges one page.
    ///
    /// @param bytes holds the whole page at `offset`
    /// @param block its number in the relation, over all its files
    public Verdict judge(byte[] bytes, int offset, long block) {
        boolean saysNew = (short) SHORT.get(bytes, offset + UPPER_OFFSET) == 0;
        if (saysNew) {
            return isZero(bytes, offset) ? Verdict.GOOD : Verdict.BAD;
        }
        if (lsn(bytes, offset).isAtLeast(from)) {
            return Verdict.GOOD;
        }
        int stored = (short) SHORT.get(bytes, offset + CHECKSUM_OFFSET) & 0xffff;
        return stored == checksum(bytes, offset, block) ? Verdict.GOOD : Verdict.BAD;
    }

    private static boolean isZero(byte[] bytes, int offset) {
        int end = offset + ChunkSize.PAGE_BYTES;
        return Arrays.equals(bytes, offset, end, NEVER_WRITTEN, 0, ChunkSize.PAGE_BYTES);
    }

    private static Lsn lsn(byte[] bytes, int offset) {
        long high = Integer.toUnsignedLong((int) INT.get(bytes, offset));
        long low = Integer.toUnsignedLong((int) INT.get(bytes, offset + Integer.BYTES));
        return new Lsn(high << 32 | low);
    }

    /// The checksum that a page should have, 1 to 65535; the field that holds it counts as zero.
    static int checksum(byte[] bytes, int offset, long block) {
        int[] sums = BASES.clone();
        for (int at = 0; at < ChunkSize.PAGE_BYTES; at += LANES * Integer.BYTES) {
            for (int lane = 0; lane < LANES; lane++) {
                int word = at + lane * Integer.BYTES;
                int value = (int) INT.get(bytes, offset + word);
                if (word == CHECKSUM_OFFSET) {
                    value = withoutChecksum(value);
                }
                sums[lane] = mix(sums[lane], value);
            }
        }
        int result = 0;
        for (int lane = 0; lane < LANES; lane++) {
            result ^= mix(mix(sums[lane], 0), 0);
        }
        return Integer.remainderUnsigned(result ^ (int) block, 65535) + 1;
    }

    private static int withoutChecksum(int word) {
        return ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN
                ? word & 0xffff_0000
                : word & 0xffff;
    }

    private static int mix(int sum, int value) {
        int mixed = sum ^ value;
        return mixed * PRIME ^ mixed >>> 17;
    }
}

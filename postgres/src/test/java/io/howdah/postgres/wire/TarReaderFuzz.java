package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Any archive comes apart in the same way whatever the pieces, or is refused in words; and no file
/// gets more or fewer bytes than it was announced with.
public final class TarReaderFuzz {

    private static final int BLOCK_BYTES = 512;

    private TarReaderFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        FuzzInput input = new FuzzInput(bytes);
        boolean signed = input.nextBoolean();
        FuzzInput cuts = new FuzzInput(input.bytes(8));
        byte[] archive = signed ? signed(input.rest()) : input.rest();
        Memory atOnce = new Memory();
        String end = read(atOnce, archive, new FuzzInput(new byte[0]), archive.length);
        Memory inPieces = new Memory();
        assertThat(read(inPieces, archive, cuts, 0)).isEqualTo(end);
        assertThat(inPieces.parts).isEqualTo(atOnce.parts);
    }

    /// With the checksum that each block would have as a header.
    private static byte[] signed(byte[] archive) {
        for (int at = 0; at + BLOCK_BYTES <= archive.length; at += BLOCK_BYTES) {
            int sum = 8 * ' ';
            for (int i = 0; i < BLOCK_BYTES; i++) {
                sum += i >= 148 && i < 156 ? 0 : archive[at + i] & 0xff;
            }
            if (sum > 8 * ' ') {
                byte[] digits =
                        "%06o\0 "
                                .formatted(sum)
                                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
                System.arraycopy(digits, 0, archive, at + 148, digits.length);
            }
        }
        return archive;
    }

    private static String read(Memory memory, byte[] archive, FuzzInput cuts, int piece) {
        TarReader reader = new TarReader("base.tar", memory);
        try {
            int at = 0;
            while (at < archive.length) {
                int count = Math.min(archive.length - at, piece > 0 ? piece : 1 + cuts.next() * 3);
                reader.accept(ByteBuffer.wrap(archive, at, count));
                at += count;
            }
            reader.finish();
            return "";
        } catch (BaseBackupException e) {
            assertThat(e.getMessage()).startsWith("the archive base.tar ");
            return String.valueOf(e.getMessage());
        }
    }

    private static final class Memory implements TarReader.Sink {
        private final List<String> parts = new ArrayList<>();
        private long left;

        @Override
        public void directory(String name) {
            parts.add("directory " + name);
        }

        @Override
        public void symbolicLink(String name, String linkTarget) {
            parts.add("link " + name + " to " + linkTarget);
        }

        @Override
        public void beginFile(String name, long sizeBytes) {
            assertThat(sizeBytes).isNotNegative();
            parts.add("file " + name + " of " + sizeBytes);
            left = sizeBytes;
        }

        @Override
        public void content(ByteBuffer piece) {
            left -= piece.remaining();
            assertThat(left).isNotNegative();
        }

        @Override
        public void endFile() {
            assertThat(left).isZero();
            parts.add("end");
        }
    }
}

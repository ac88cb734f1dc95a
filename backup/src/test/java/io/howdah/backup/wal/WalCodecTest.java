package io.howdah.backup.wal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdInputStream;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalCodecTest {

    private static final int SIZE = 4 << 20;

    @TempDir private Path directory;

    @Test
    void packedWalSaysItsSizeAndOpensAgain() throws IOException {
        byte[] bytes = bytes();
        Path file = Files.write(directory.resolve("plain"), bytes);
        Path packed = directory.resolve("packed");
        for (int offset : new int[] {0, 8192, SIZE - 1}) {
            long size = WalCodec.compress(file, offset, SIZE - offset, packed, 1).size();
            assertThat(Files.size(packed)).isEqualTo(size);
            byte[] all = Files.readAllBytes(packed);
            assertThat(WalCodec.size(Arrays.copyOf(all, WalCodec.HEADER_BYTES)))
                    .hasValue(SIZE - offset);
            try (InputStream in = new ZstdInputStream(Files.newInputStream(packed))) {
                assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, offset, SIZE));
            }
        }
    }

    /// Who had mapped the file would be ended by a signal.
    @Test
    void fullDiskIsAFailureLikeOthers() throws IOException {
        var mounted = SmallVolume.mount(directory.resolve("small"), 1);
        assumeTrue(mounted.isPresent(), "no volume can be mounted here");
        try (SmallVolume volume = mounted.get()) {
            Path file = Files.write(directory.resolve("plain"), bytes());
            Path packed = volume.directory().resolve("packed");
            assertThatThrownBy(() -> WalCodec.compress(file, 0, SIZE, packed, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("No space left");
        }
    }

    private static byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        new Random(1).nextBytes(bytes);
        return bytes;
    }
}

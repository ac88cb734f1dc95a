package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/// Any `pg_control` is read, or refused in words, also one whose checksum is right.
public final class ControlDataFuzz {

    private static final Path FILE = Path.of("pg_control");

    private ControlDataFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        byte[] content = bytes.clone();
        for (int offset : new int[] {288, 292}) {
            if (content.length >= offset + Integer.BYTES) {
                CRC32C checksum = new CRC32C();
                checksum.update(content, 0, offset);
                ByteBuffer.wrap(content)
                        .order(ByteOrder.nativeOrder())
                        .putInt(offset, (int) checksum.getValue());
            }
            try {
                ControlData data = ControlData.parse(content, FILE);
                assertThat(data.state()).isNotNull();
                assertThat(data.checkpointTimeline().value()).isPositive();
            } catch (PostgresException e) {
                assertThat(e.getMessage()).startsWith("pg_control ");
            }
        }
    }
}

package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageReaderTest {

    private static final int LONGEST_BYTES = 100_000;

    /// A channel that gives a few bytes at a time, as a network does.
    private static final class Dribble implements ReadableByteChannel {

        private final ByteArrayInputStream bytes;
        private final Random random;

        Dribble(byte[] bytes, Random random) {
            this.bytes = new ByteArrayInputStream(bytes);
            this.random = random;
        }

        @Override
        public int read(ByteBuffer target) {
            byte[] some = new byte[Math.min(target.remaining(), 1 + random.nextInt(5000))];
            int read = bytes.read(some, 0, some.length);
            if (read > 0) {
                target.put(some, 0, read);
            }
            return read;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void messagesOfAllSizesComeOutWhole() throws IOException {
        for (int seed = 0; seed < 50; seed++) {
            Random random = new Random(seed);
            List<byte[]> bodies = new ArrayList<>();
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            try (DataOutputStream output = new DataOutputStream(stream)) {
                for (int i = 0; i < 30; i++) {
                    int size = random.nextInt(5) == 0 ? LONGEST_BYTES : random.nextInt(300);
                    byte[] body = new byte[random.nextInt(size + 1)];
                    random.nextBytes(body);
                    bodies.add(body);
                    output.writeByte('d');
                    output.writeInt(body.length + 4);
                    output.write(body);
                }
            }
            MessageReader reader = reader(stream.toByteArray(), random);
            for (byte[] body : bodies) {
                assertThat(reader.next()).isEqualTo('d');
                assertThat(reader.body().readBytes(reader.body().remaining())).isEqualTo(body);
            }
            assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void impossibleLengthsAreRefusedBeforeTheyCostAnything() {
        for (int length :
                List.of(Integer.MIN_VALUE, -1, 0, 3, LONGEST_BYTES + 5, Integer.MAX_VALUE)) {
            byte[] bytes = ByteBuffer.allocate(5).put((byte) 'D').putInt(length).array();
            assertThatThrownBy(() -> reader(bytes, new Random(1)).next())
                    .as("length %d", length)
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("claims " + length + " bytes");
        }
    }

    @Test
    void lyingLengthCostsNoMoreMemoryThanTheBytesThatCome() {
        byte[] bytes = ByteBuffer.allocate(5).put((byte) 'D').putInt(1 << 30).array();
        MessageReader reader =
                new MessageReader(new Dribble(bytes, new Random(1)), 64, Integer.MAX_VALUE - 1024);
        assertThatThrownBy(reader::next).isInstanceOf(EOFException.class);
    }

    @Test
    void randomBytesEndInOneClearException() {
        for (int seed = 0; seed < 3000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(400)];
            random.nextBytes(bytes);
            for (int i = 1; i + 4 < bytes.length; i += 5 + random.nextInt(40)) {
                // Make lengths plausible now and then, so that bodies are reached.
                ByteBuffer.wrap(bytes).putInt(i, random.nextInt(60));
            }
            MessageReader reader = reader(bytes, random);
            assertThatThrownBy(() -> readAll(reader))
                    .as("seed %d: %s", seed, HexFormat.of().formatHex(bytes))
                    .isInstanceOfAny(ProtocolException.class, EOFException.class);
        }
    }

    /// Reads every message in every way that the client has.
    private static void readAll(MessageReader reader) throws IOException {
        while (true) {
            char type = reader.next();
            switch (type % 4) {
                case 0 -> ServerMessage.read(reader.body());
                case 1 -> Statement.readColumns(reader.body());
                case 2 -> Statement.parseRow(List.of("a", "b"), reader.body());
                default -> {
                    reader.body().readText();
                    reader.body().readLong();
                }
            }
        }
    }

    private static MessageReader reader(byte[] bytes, Random random) {
        return new MessageReader(new Dribble(bytes, random), 256, LONGEST_BYTES);
    }
}

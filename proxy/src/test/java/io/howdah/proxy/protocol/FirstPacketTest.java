package io.howdah.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FirstPacketTest {

    private static FirstPacket read(int code, String rest) {
        return FirstPacket.read(
                Unpooled.buffer()
                        .writeInt(code)
                        .writeBytes(rest.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)));
    }

    @Test
    void sessionIsReadWithItsParametersInTheirOrder() {
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put("user", "a");
        expected.put("database", "b");
        expected.put("options", "");
        assertThat(read(3 << 16, "user\0a\0database\0b\0options\0\0\0"))
                .isEqualTo(new FirstPacket.Session(0, expected));
    }

    @Test
    void whatWeWriteCanBeRead() {
        ByteBuf written =
                Messages.startup(
                        io.netty.buffer.UnpooledByteBufAllocator.DEFAULT, Map.of("user", "x"));
        assertThat(written.readInt()).isEqualTo(written.readableBytes() + 4);
        assertThat(FirstPacket.read(written))
                .isEqualTo(new FirstPacket.Session(0, Map.of("user", "x")));
    }

    @Test
    void unknownProtocolOptionsAreNamed() {
        FirstPacket packet = read((3 << 16) | 2, "user\0a\0_pq_.x\0y\0\0");
        assertThat(packet)
                .isInstanceOfSatisfying(
                        FirstPacket.Session.class,
                        session -> {
                            assertThat(session.minorVersion()).isEqualTo(2);
                            assertThat(session.protocolOptions()).isEqualTo(List.of("_pq_.x"));
                        });
    }

    @Test
    void cancelAndEncryptionRequestsHaveOneLengthOnly() {
        assertThat(read(80877102, "\0\0\0\1\0\0\0\2"))
                .isEqualTo(new FirstPacket.Cancel(new CancelKey(1, "\0\0\0\2")));
        assertThat(read(80877103, "")).isEqualTo(new FirstPacket.TlsRequest());
        assertThat(read(80877104, "")).isEqualTo(new FirstPacket.GssRequest());
        assertThat(read(80877102, "\0\0\0\1")).isInstanceOf(FirstPacket.Malformed.class);
        assertThat(read(80877103, "x")).isInstanceOf(FirstPacket.Malformed.class);
    }

    @Test
    void damagedPacketsAreRefused() {
        for (String damaged :
                List.of(
                        "",
                        "user",
                        "user\0a",
                        "user\0a\0",
                        "user\0\0",
                        "\0a\0\0",
                        "user\0a\0\0x")) {
            assertThat(read(3 << 16, damaged))
                    .as("'%s'", damaged)
                    .isInstanceOf(FirstPacket.Malformed.class);
        }
        assertThat(read(2 << 16, "user\0a\0\0")).isInstanceOf(FirstPacket.Malformed.class);
        assertThat(read(0, "")).isInstanceOf(FirstPacket.Malformed.class);
    }

    @Test
    void randomBytesAreReadOrRefusedAndNothingElse() {
        for (int seed = 0; seed < 20_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[4 + random.nextInt(60)];
            random.nextBytes(bytes);
            for (int i = 4; i < bytes.length; i++) {
                if (random.nextInt(3) == 0) {
                    bytes[i] = 0;
                }
            }
            ByteBuf packet = Unpooled.wrappedBuffer(bytes);
            if (random.nextBoolean()) {
                packet.setInt(
                        0, List.of(3 << 16, 80877102, 80877103, 80877104).get(random.nextInt(4)));
            }
            assertThat(FirstPacket.read(packet)).as("seed %d", seed).isNotNull();
        }
    }

    @Test
    void randomErrorsAreReadAsFarAsTheyMakeSense() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] bytes = new byte[random.nextInt(40)];
            random.nextBytes(bytes);
            ErrorFields fields = ErrorFields.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
            assertThat(fields.sqlState()).as("seed %d", seed).isNotNull();
        }
        assertThat(ErrorFields.read(Unpooled.EMPTY_BUFFER, 0, 0).sqlState()).isEqualTo("XX000");
    }
}

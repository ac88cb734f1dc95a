package io.howdah.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;

/// Any first packet is understood or called malformed; one that asks for a session says the same
/// when it is written down anew.
public final class FirstPacketFuzz {

    private FirstPacketFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        // Shorter and longer ones are refused by their length.
        if (bytes.length < 4 || bytes.length > FirstPacket.LONGEST_BYTES - 4) {
            return;
        }
        FirstPacket packet = FirstPacket.read(Unpooled.wrappedBuffer(bytes));
        switch (packet) {
            case FirstPacket.Session session -> {
                assertThat(session.user().length()).isLessThanOrEqualTo(FirstPacket.LONGEST_NAME);
                assertThat(session.database().length())
                        .isLessThanOrEqualTo(FirstPacket.LONGEST_NAME);
                assertThat(session.parameters().keySet()).doesNotContain("");
                assertThat(session.protocolOptions()).allMatch(name -> name.startsWith("_pq_."));
                ByteBuf written =
                        Messages.startup(UnpooledByteBufAllocator.DEFAULT, session.parameters());
                FirstPacket again = FirstPacket.read(written.skipBytes(4));
                assertThat(again).isEqualTo(new FirstPacket.Session(0, session.parameters()));
                written.release();
            }
            case FirstPacket.Malformed(String problem) -> assertThat(problem).isNotBlank();
            case FirstPacket.Cancel _, FirstPacket.TlsRequest _, FirstPacket.GssRequest _ -> {}
        }
    }
}

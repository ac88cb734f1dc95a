package io.howdah.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.LinkedHashMap;
import java.util.Map;

/// Whatever a server calls an error can be read, and be told to a client as its last one.
public final class ErrorFieldsFuzz {

    private ErrorFieldsFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        ErrorFields error = ErrorFields.read(Unpooled.wrappedBuffer(bytes), 0, bytes.length);
        assertThat(error.sqlState()).isNotNull();
        assertThat(error.message()).isNotNull();
        ByteBuf told = error.encodedAsFatal(UnpooledByteBufAllocator.DEFAULT);
        assertThat(told.getByte(0)).isEqualTo((byte) 'E');
        assertThat(told.getInt(1)).isEqualTo(told.readableBytes() - 1);
        Map<Character, String> expected = new LinkedHashMap<>(error.fields());
        expected.computeIfPresent('S', (_, _) -> "FATAL");
        expected.computeIfPresent('V', (_, _) -> "FATAL");
        assertThat(ErrorFields.read(told, 5, told.readableBytes() - 5).fields())
                .isEqualTo(expected);
        told.release();
    }
}

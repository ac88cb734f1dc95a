package io.howdah.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledHeapByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageCutterTest {

    /// Does with a message what its type says: `d` is dropped, `w` is wanted whole, `x` wanted
    /// whole and dropped; `p` has another message put ahead of it, `r` its header replaced once
    /// three bytes of its body are there; everything else passes.
    private static final class ByType implements MessageCutter.Receiver {
        private final ByteBuf passed = Unpooled.buffer();
        private final List<String> whole = new ArrayList<>();
        private boolean open = true;
        private boolean ahead;
        private ByteBuf head = Unpooled.EMPTY_BUFFER;

        @Override
        public MessageCutter.Cut begin(
                byte type, int length, ByteBuf bytes, int body, int present) {
            if (!open) {
                return MessageCutter.Cut.WAIT;
            }
            return switch (type) {
                case 'p' -> {
                    ahead = !ahead;
                    head = ahead ? AHEAD.copy() : Unpooled.EMPTY_BUFFER;
                    yield ahead ? MessageCutter.Cut.AHEAD : MessageCutter.Cut.FORWARD;
                }
                case 'r' -> {
                    if (present < Math.min(3, length - 4)) {
                        yield MessageCutter.Cut.MORE;
                    }
                    head = Unpooled.copiedBuffer(new byte[] {'R'});
                    yield MessageCutter.Cut.REWRITE;
                }
                case 'd' -> MessageCutter.Cut.DROP;
                case 'w', 'x' -> MessageCutter.Cut.WHOLE;
                case 's' -> MessageCutter.Cut.STOP;
                default -> MessageCutter.Cut.FORWARD;
            };
        }

        @Override
        public MessageCutter.Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
            whole.add(ByteBufUtil.hexDump(bytes, body, bodyBytes));
            return type == 'w' ? MessageCutter.Cut.FORWARD : MessageCutter.Cut.DROP;
        }

        @Override
        public ByteBuf head() {
            return head;
        }

        @Override
        public int replacedBytes() {
            return 5;
        }

        @Override
        public void forward(ByteBuf run) {
            passed.writeBytes(run);
            run.release();
        }
    }

    private static final ByteBuf AHEAD = message('A', new byte[9]);

    private static ByteBuf message(char type, byte[] body) {
        return Unpooled.buffer().writeByte(type).writeInt(body.length + 4).writeBytes(body);
    }

    @Test
    void whateverTheReadsTheSameBytesPass() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            ByteBuf stream = Unpooled.buffer();
            ByteBuf expected = Unpooled.buffer();
            List<String> whole = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                char type = "abcdwxpr".charAt(random.nextInt(8));
                byte[] body = new byte[random.nextInt(random.nextInt(10) == 0 ? 5_000 : 20)];
                random.nextBytes(body);
                ByteBuf message = message(type, body);
                stream.writeBytes(message, 0, message.writerIndex());
                if (type == 'p') {
                    expected.writeBytes(AHEAD, 0, AHEAD.writerIndex());
                }
                if (type == 'r') {
                    expected.writeByte('R').writeBytes(body);
                } else if (type != 'd' && type != 'x') {
                    expected.writeBytes(message, 0, message.writerIndex());
                }
                if (type == 'w' || type == 'x') {
                    whole.add(ByteBufUtil.hexDump(body));
                }
            }
            var receiver = new ByType();
            var cutter = new MessageCutter(receiver);
            List<ByteBuf> reads = new ArrayList<>();
            while (stream.isReadable()) {
                receiver.open = random.nextInt(4) > 0;
                if (receiver.open) {
                    cutter.resume();
                }
                int count = Math.min(stream.readableBytes(), 1 + random.nextInt(2_000));
                ByteBuf read = Unpooled.copiedBuffer(stream.readSlice(count));
                reads.add(read);
                cutter.read(read);
            }
            receiver.open = true;
            cutter.resume();
            assertThat(receiver.passed).as("seed %d", seed).isEqualTo(expected);
            assertThat(receiver.whole).as("seed %d", seed).isEqualTo(whole);
            assertThat(cutter.keptBytes()).isZero();
            assertThat(reads).as("seed %d: buffers", seed).allMatch(read -> read.refCnt() == 0);
        }
    }

    @Test
    void wholeBuffersPassWithoutBeingCopied() {
        var passed = new ArrayList<ByteBuf>();
        var cutter =
                new MessageCutter(
                        new MessageCutter.Receiver() {
                            @Override
                            public MessageCutter.Cut begin(
                                    byte type, int length, ByteBuf bytes, int body, int present) {
                                return MessageCutter.Cut.FORWARD;
                            }

                            @Override
                            public MessageCutter.Cut whole(
                                    byte type, ByteBuf bytes, int body, int bodyBytes) {
                                throw new AssertionError("nothing is wanted whole");
                            }

                            @Override
                            public void forward(ByteBuf run) {
                                passed.add(run);
                            }
                        });
        ByteBuf two = Unpooled.wrappedBuffer(message('a', new byte[9]), message('b', new byte[0]));
        cutter.read(two);
        assertThat(passed).hasSize(1);
        assertThat(passed.getFirst()).isSameAs(two);
        assertThat(two.refCnt()).isOne();
    }

    /// Memory that is asked for, in bytes, over all the time.
    private static final class CountingAllocator extends AbstractByteBufAllocator {
        private long bytes;

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            bytes += initialCapacity;
            return new UnpooledHeapByteBuf(this, initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return newHeapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    }

    /// Also where other messages come in the same piece as a part of it.
    @ParameterizedTest
    @ValueSource(strings = {"w", "aw", "awaw"})
    void messageThatDripsInCostsAFewTimesItsLength(String types) {
        int length = 100_000;
        var allocator = new CountingAllocator();
        var receiver = new ByType();
        var cutter = new MessageCutter(receiver);
        ByteBuf stream = Unpooled.buffer();
        for (int i = 0; i < types.length(); i++) {
            char type = types.charAt(i);
            stream.writeBytes(message(type, new byte[type == 'w' ? length : 100]));
        }
        ByteBuf expected = stream.copy();
        // In the first piece is all of a message that passes, and the beginning of the next.
        cutter.read(allocator.heapBuffer(300).writeBytes(stream.readSlice(300)));
        while (stream.isReadable()) {
            cutter.read(allocator.heapBuffer(1).writeByte(stream.readByte()));
        }
        assertThat(receiver.passed).isEqualTo(expected);
        assertThat(allocator.bytes).isLessThan(10L * types.length() * length);
    }

    /// However large it says that it is.
    @Test
    void lengthAloneTakesNoMemory() {
        var allocator = new CountingAllocator();
        var cutter = new MessageCutter(new ByType());
        cutter.read(allocator.heapBuffer(5).writeByte('w').writeInt(1_000_000_000));
        for (int i = 0; i < 100; i++) {
            cutter.read(allocator.heapBuffer(1).writeByte(0));
        }
        assertThat(allocator.bytes).isLessThan(10_000);
        cutter.stop();
    }

    @Test
    void nothingIsReadAfterAStop() {
        var receiver = new ByType();
        var cutter = new MessageCutter(receiver);
        ByteBuf bytes =
                Unpooled.copiedBuffer(
                        message('a', new byte[1]),
                        message('s', new byte[1]),
                        message('a', new byte[1]));
        cutter.read(bytes);
        ByteBuf more = message('a', new byte[3]);
        cutter.read(more);
        assertThat(receiver.passed.readableBytes()).isEqualTo(6);
        assertThat(bytes.refCnt()).isZero();
        assertThat(more.refCnt()).isZero();
    }
}

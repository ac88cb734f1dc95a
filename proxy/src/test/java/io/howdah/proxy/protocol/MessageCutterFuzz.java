package io.howdah.proxy.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzInput;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/// Any bytes, from either side, cut in any way: the same messages pass, no part of one that is
/// stopped at, and nothing is kept that need not be.
public final class MessageCutterFuzz {

    private static final int WHOLE_MAXIMUM_BYTES = 2_000;

    private MessageCutterFuzz() {}

    public static void fuzzerTestOneInput(byte[] bytes) {
        long before = UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory();
        FuzzInput input = new FuzzInput(bytes);
        boolean client = input.nextBoolean();
        FuzzInput cuts = new FuzzInput(input.bytes(8));
        FuzzInput doors = new FuzzInput(input.bytes(8));
        byte[] stream = input.rest();

        Judge atOnce = new Judge(client);
        MessageCutter whole = new MessageCutter(atOnce);
        whole.read(Unpooled.copiedBuffer(stream));
        Judge inPieces = new Judge(client);
        MessageCutter pieces = new MessageCutter(inPieces);
        readInPieces(pieces, inPieces, stream, cuts, doors);

        assertThat(ByteBufUtil.hexDump(inPieces.passed))
                .isEqualTo(ByteBufUtil.hexDump(atOnce.passed));
        assertThat(inPieces.seen).isEqualTo(atOnce.seen);
        assertThat(pieces.isStopped()).isEqualTo(whole.isStopped());
        assertThat(pieces.isInMessage()).isEqualTo(whole.isInMessage());
        checkPassed(atOnce, whole);
        whole.stop();
        pieces.stop();
        atOnce.passed.release();
        inPieces.passed.release();
        assertThat(UnpooledByteBufAllocator.DEFAULT.metric().usedHeapMemory())
                .as("buffers that nobody has let go")
                .isEqualTo(before);
    }

    private static void readInPieces(
            MessageCutter cutter, Judge judge, byte[] stream, FuzzInput cuts, FuzzInput doors) {
        int at = 0;
        while (at < stream.length) {
            int count = Math.min(stream.length - at, 1 + cuts.next());
            judge.open = !doors.nextBoolean();
            if (judge.open) {
                cutter.resume();
            }
            cutter.read(Unpooled.copiedBuffer(stream, at, count));
            at += count;
            if (judge.open) {
                assertThat(cutter.keptBytes())
                        .as("bytes kept")
                        .isLessThan(Math.max(6, judge.wantedBytes + 1));
            }
        }
        judge.open = true;
        cutter.resume();
    }

    /// What passed are whole messages, but for one at the end of which more has to come.
    private static void checkPassed(Judge judge, MessageCutter cutter) {
        ByteBuf passed = judge.passed.duplicate();
        while (passed.readableBytes() >= 5) {
            int length = passed.getInt(passed.readerIndex() + 1);
            if (passed.readableBytes() <= length) {
                break;
            }
            passed.skipBytes(length + 1);
        }
        assertThat(passed.isReadable()).as("half a message").isEqualTo(cutter.isInMessage());
    }

    /// Refuses what the proxy refuses; of the rest some is wanted whole, some dropped.
    private static final class Judge implements MessageCutter.Receiver {
        private final boolean client;
        private final ByteBuf passed = Unpooled.buffer();
        private final List<String> seen = new ArrayList<>();
        private boolean open = true;
        private int wantedBytes;

        Judge(boolean client) {
            this.client = client;
        }

        @Override
        public MessageCutter.Cut begin(
                byte type, int length, ByteBuf bytes, int body, int present) {
            wantedBytes = 0;
            boolean possible =
                    client
                            ? MessageLengths.isPossibleFromClient(type, length)
                            : MessageLengths.isPossibleFromServer(length);
            if (!possible || type == 'X') {
                return MessageCutter.Cut.STOP;
            }
            if (!open) {
                return MessageCutter.Cut.WAIT;
            }
            return switch (type) {
                case 'H', 'N' -> MessageCutter.Cut.DROP;
                case 'P', 'S', 'Z' -> {
                    wantedBytes = length + 1;
                    yield length > WHOLE_MAXIMUM_BYTES
                            ? MessageCutter.Cut.STOP
                            : MessageCutter.Cut.WHOLE;
                }
                default -> MessageCutter.Cut.FORWARD;
            };
        }

        @Override
        public MessageCutter.Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
            wantedBytes = 0;
            seen.add((char) type + ByteBufUtil.hexDump(bytes, body, bodyBytes));
            byte first = bodyBytes == 0 ? 0 : bytes.getByte(body);
            return switch (first) {
                case 1 -> MessageCutter.Cut.DROP;
                case 2 -> MessageCutter.Cut.STOP;
                default -> MessageCutter.Cut.FORWARD;
            };
        }

        @Override
        public void forward(ByteBuf run) {
            passed.writeBytes(run);
            run.release();
        }
    }
}

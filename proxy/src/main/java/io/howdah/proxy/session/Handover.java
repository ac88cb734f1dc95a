package io.howdah.proxy.session;

import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/// What the process that serves and the next one say to each other on their local socket, once the
/// listening socket itself has been sent. In PostgreSQL's form: a type, a length, a body.
final class Handover {

    /// The next one to the former: it takes clients, and has a place for its own next one.
    static final byte READY = 'R';

    /// The former to the next one: it takes no more.
    static final byte DONE = 'D';

    /// The next one to the former: a number, and the key of a client that it does not know.
    static final byte CANCEL = 'C';

    /// The former to the next one: the number of a cancel request that has reached its end.
    static final byte ENDED = 'E';

    private static final int LONGEST_BYTES = 512;

    private Handover() {}

    /// What is made of each message.
    @FunctionalInterface
    interface Reader {
        void read(byte type, ByteBuf body);
    }

    static ByteBuf message(ByteBufAllocator allocator, byte type) {
        return allocator.buffer(5).writeByte(type).writeInt(4);
    }

    static ByteBuf ended(ByteBufAllocator allocator, int number) {
        return allocator.buffer(9).writeByte(ENDED).writeInt(8).writeInt(number);
    }

    static ByteBuf cancel(ByteBufAllocator allocator, int number, CancelKey key) {
        ByteBuf out = allocator.buffer(64).writeByte(CANCEL).writeInt(8 + key.bytes());
        key.write(out.writeInt(number));
        return out;
    }

    /// Cuts what comes into messages.
    static MessageCutter cutter(Reader reader) {
        return new MessageCutter(
                new MessageCutter.Receiver() {
                    @Override
                    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
                        return length < 4 || length > LONGEST_BYTES ? Cut.STOP : Cut.WHOLE;
                    }

                    @Override
                    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
                        reader.read(type, bytes.slice(body, bodyBytes));
                        return Cut.DROP;
                    }

                    @Override
                    public void forward(ByteBuf run) {
                        run.release();
                    }
                });
    }
}

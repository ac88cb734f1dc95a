package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What a server sends, message by message: it goes on to the client, or answers an errand of ours.
/// What does not belong there ends the connection.
final class ReplyStream implements MessageCutter.Receiver {

    private static final int REPORT_MAXIMUM_BYTES = 64 * 1024;

    private final ServerSession session;
    private final Exchange exchange;
    private final Errands errands;
    private final MessageCutter cutter = new MessageCutter(this);
    private @Nullable Complaint broken;
    private boolean told;

    ReplyStream(ServerSession session, Exchange exchange, Errands errands) {
        this.session = session;
        this.exchange = exchange;
        this.errands = errands;
    }

    /// Reads bytes of the server, which now belong here.
    void read(ByteBuf bytes) {
        cutter.read(bytes);
    }

    /// Reads nothing more.
    void stop() {
        cutter.stop();
    }

    /// A message was sent to the client in part.
    boolean isInMessage() {
        return cutter.isInMessage();
    }

    /// Another client listens from now on.
    void begin() {
        told = false;
    }

    /// Whether the last thing that the client heard was an error.
    boolean isTold() {
        return told;
    }

    /// Why the connection cannot be used any more; null while it can.
    @Nullable Complaint broken() {
        return broken;
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (!MessageLengths.isPossibleFromServer(length)) {
            return doubt();
        }
        if (type == 'Z' || type == 'S') {
            return length > REPORT_MAXIMUM_BYTES ? doubt() : Cut.WHOLE;
        }
        if (type == 'E' && exchange.isAnsweringOwn()) {
            return length > REPORT_MAXIMUM_BYTES ? doubt() : Cut.WHOLE;
        }
        told = type == 'E';
        return switch (exchange.serverSends(type)) {
            case PASS -> Cut.FORWARD;
            case DROP -> Cut.DROP;
            case DOUBT -> doubt();
        };
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        boolean own = exchange.isAnsweringOwn();
        switch (type) {
            case 'S' -> {
                if (!session.report(bytes, body, body + bodyBytes)) {
                    return doubt();
                }
            }
            case 'E' -> {
                exchange.serverSends(type);
                errands.failed(ErrorFields.read(bytes, body, bodyBytes));
            }
            default -> {
                return ready(bodyBytes == 1 ? bytes.getByte(body) : 0);
            }
        }
        return own ? Cut.DROP : Cut.FORWARD;
    }

    private Cut ready(byte status) {
        told = false;
        return switch (exchange.serverReady(status)) {
            case PASS -> {
                broken = session.ready(status);
                yield Cut.FORWARD;
            }
            case DROP -> {
                session.ready(status);
                errands.answered();
                yield Cut.DROP;
            }
            case DOUBT -> doubt();
        };
    }

    private Cut doubt() {
        broken = Complaints.doubt();
        return Cut.STOP;
    }

    @Override
    public void forward(ByteBuf run) {
        session.reply(run);
    }
}

package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/// What a client sends after its first packet, message by message: it goes to the server connection
/// at the client's seat, waits for one, or ends the session.
final class RequestStream implements MessageCutter.Receiver {

    private final Seat seat;
    private final MessageCutter cutter = new MessageCutter(this);
    private boolean in;
    private boolean pinned;
    private boolean leaving;
    private @Nullable Complaint complaint;

    RequestStream(Seat seat) {
        this.seat = seat;
    }

    /// The client is let in: its requests are taken from now on.
    void begin() {
        in = true;
    }

    /// Reads bytes of the client, which now belong here.
    void read(ByteBuf bytes) {
        cutter.read(bytes);
    }

    /// Goes on with what has waited.
    void resume() {
        cutter.resume();
    }

    /// Reads nothing more.
    void stop() {
        cutter.stop();
    }

    /// Whether something waits already, so that no more should be read.
    boolean isFull() {
        return cutter.keptBytes() > 0 && seat.isAwaited();
    }

    /// A part of a message was sent on: the rest must follow on the same connection.
    boolean isInMessage() {
        return cutter.isInMessage();
    }

    /// Whether something of this client lives on its server connection.
    boolean isPinned() {
        return pinned;
    }

    /// Whether the client has said goodbye.
    boolean isLeaving() {
        return leaving;
    }

    /// Why the session has to end; null while it has not.
    @Nullable Complaint complaint() {
        return complaint;
    }

    @Override
    public Cut begin(byte type, int length, ByteBuf bytes, int body, int present) {
        if (!MessageLengths.isPossibleFromClient(type, length)) {
            complaint = Complaints.wrongMessage(type, length);
            return Cut.STOP;
        }
        if (type == 'X') {
            leaving = true;
            return Cut.STOP;
        }
        if (type == 'P' && present == 0) {
            return Cut.WHOLE;
        }
        if (seat.server() == null
                && in
                && (type == 'd' || type == 'c' || type == 'f' || type == 'H')) {
            // Nothing is under way: PostgreSQL ignores these, too.
            return Cut.DROP;
        }
        if (!seat.isServed() && !(in && seat.seek())) {
            return Cut.WAIT;
        }
        if (type == 'P' && bytes.getByte(body) != 0) {
            // A named statement lives on its server connection.
            pinned = true;
        }
        return send(type, length);
    }

    private Cut send(byte type, int length) {
        ServerSession joined = seat.server();
        if (joined == null) {
            return Cut.STOP;
        }
        return switch (joined.exchange().clientSends(type)) {
            case PASS -> Cut.FORWARD;
            case DROP -> Cut.DROP;
            case DOUBT -> {
                complaint = Complaints.wrongMessage(type, length);
                yield Cut.STOP;
            }
        };
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        return begin(type, bodyBytes + 4, bytes, body, bodyBytes);
    }

    @Override
    public void forward(ByteBuf run) {
        ServerSession joined = seat.server();
        if (joined == null) {
            run.release();
        } else {
            joined.send(run);
        }
    }
}

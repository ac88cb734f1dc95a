package io.howdah.proxy.session;

import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.howdah.proxy.statement.StatementRequests;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// What a client sends after its first packet, message by message: it goes to the server connection
/// at the client's seat, waits for one, or ends the session.
final class RequestStream implements MessageCutter.Receiver {

    private final Seat seat;

    /// Null where names mean what the client's own server connection knows.
    private final @Nullable StatementRequests statements;

    private final MessageCutter cutter = new MessageCutter(this);
    private boolean in;
    private boolean pinned;
    private boolean held;
    private boolean leaving;
    private @Nullable Complaint complaint;

    RequestStream(Seat seat, @Nullable StatementRequests statements) {
        this.seat = seat;
        this.statements = statements;
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

    /// The client has left: nothing more is read, and what it had is forgotten.
    void end() {
        cutter.stop();
        if (statements != null) {
            statements.end();
        }
    }

    /// Whether something waits already, so that no more should be read.
    boolean isFull() {
        return cutter.keptBytes() > 0 && (held || seat.isAwaited());
    }

    /// Whether a message waits for what the server is about to say, or for a cancel request.
    boolean isHeld() {
        return held;
    }

    /// The client has discarded what it had on the server.
    void forgetStatements() {
        if (statements != null) {
            statements.forgetAll();
        }
    }

    /// A part of a message was sent on: the rest must follow on the same connection.
    boolean isInMessage() {
        return cutter.isInMessage();
    }

    /// Whether something of this client lives on its server connection.
    boolean isPinned() {
        return pinned || (statements != null && statements.isStaying());
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
        held = false;
        if (!MessageLengths.isPossibleFromClient(type, length)) {
            complaint = Complaints.wrongMessage(type, length);
            return Cut.STOP;
        }
        if (type == 'X') {
            leaving = true;
            return Cut.STOP;
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
        ServerSession joined = seat.server();
        if (joined == null) {
            return Cut.STOP;
        }
        held = !joined.isTakingRequests();
        return held ? Cut.WAIT : send(joined, type, length, bytes, body, present);
    }

    private Cut send(
            ServerSession joined, byte type, int length, ByteBuf bytes, int body, int present) {
        if (statements != null) {
            Cut cut = statements.judge(joined, type, length, bytes, body, present);
            held = cut == Cut.WAIT;
            if (cut != null) {
                return cut;
            }
        } else if (type == 'P') {
            if (present == 0) {
                return Cut.MORE;
            }
            // A named statement lives on its server connection.
            pinned |= bytes.getByte(body) != 0;
            // One without a name takes the place of what another client has left there.
            joined.statements().endUnnamed();
        }
        return switch (joined.exchange().clientSends(type)) {
            case PASS -> Cut.FORWARD;
            case DROP -> Cut.DROP;
            case AS_PARSED, DOUBT -> {
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
    public ByteBuf head() {
        return statements == null ? Unpooled.EMPTY_BUFFER : statements.head();
    }

    @Override
    public int replacedBytes() {
        return statements == null ? 0 : statements.replacedBytes();
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

package io.howdah.proxy.session;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.protocol.Complaint;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.protocol.MessageCutter;
import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.howdah.proxy.protocol.MessageLengths;
import io.howdah.proxy.statement.ServerStatements;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// What a server sends, message by message: it goes on to the client, or answers an errand of ours.
/// What does not belong there ends the connection.
final class ReplyStream implements MessageCutter.Receiver {

    /// Enough for what 1,664 columns are called, the most there are.
    private static final int REPORT_MAXIMUM_BYTES = 256 * 1024;

    private static final int HEADER_BYTES = 5;

    /// Of CommandComplete with `DISCARD ALL` and `DEALLOCATE ALL`.
    private static final int DISCARDED_LENGTH = 16;

    private static final int DEALLOCATED_LENGTH = 19;

    /// Of CommandComplete with `RESET`, and with `BEGIN`.
    private static final int RESET_LENGTH = 10;

    /// Of CommandComplete with `SET`: no other command has three letters.
    private static final int SET_LENGTH = 8;

    private final ServerSession session;
    private final Exchange exchange;
    private final ServerStatements statements;
    private final StateReports reports;
    private final Errands errands;
    private final MessageCutter cutter = new MessageCutter(this);
    private @Nullable Complaint broken;
    private boolean told;
    private ByteBuf head = Unpooled.EMPTY_BUFFER;
    private int replacedBytes;

    ReplyStream(ServerSession session, Exchange exchange, StateReports reports, Errands errands) {
        this.session = session;
        this.exchange = exchange;
        this.statements = session.statements();
        this.reports = reports;
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

    /// Whether the last thing that the client heard was why the connection ends.
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
        switch (type) {
            case 'Z', 'S' -> {
                return wholeWithin(length);
            }
            case 'E' -> {
                if (exchange.isAnsweringOwn()) {
                    return wholeWithin(length);
                }
                if (length <= REPORT_MAXIMUM_BYTES) {
                    return Cut.WHOLE;
                }
            }
            case 'D' -> {
                if (errands.isAsking()) {
                    return wholeWithin(length);
                }
            }
            case 't', 'T', 'n' -> {
                if (exchange.isDescribing()) {
                    return wholeWithin(length);
                }
            }
            case 'N' -> {
                if (exchange.isAnsweringNoted()) {
                    statements.noticed();
                }
            }
            case 'C' -> {
                if (length == DISCARDED_LENGTH
                        || length == DEALLOCATED_LENGTH
                        || length == RESET_LENGTH) {
                    return Cut.WHOLE;
                }
                if (!exchange.isAnsweringOwn()) {
                    if (length == SET_LENGTH) {
                        reports.settingSet();
                    } else {
                        reports.otherDone();
                    }
                }
            }
            default -> {}
        }
        told = false;
        return passage(type, bytes, body);
    }

    private Cut wholeWithin(int length) {
        return length > REPORT_MAXIMUM_BYTES ? doubt() : Cut.WHOLE;
    }

    private Cut passage(byte type, ByteBuf bytes, int body) {
        return switch (exchange.serverSends(type)) {
            // What nobody listens to is left out in whole: perhaps somebody does before its end.
            case PASS -> session.isListenedTo() ? Cut.FORWARD : Cut.DROP;
            case DROP -> Cut.DROP;
            case AS_PARSED -> {
                bytes.setByte(body - HEADER_BYTES, '1');
                yield Cut.FORWARD;
            }
            case DOUBT -> doubt();
        };
    }

    @Override
    public Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes) {
        boolean own = exchange.isAnsweringOwn();
        switch (type) {
            case 'S' -> {
                boolean read = reports.reported(bytes, body, body + bodyBytes);
                // Asked what its client takes along, the server has been set nothing.
                boolean news = !own || errands.isAsking();
                return !read ? doubt() : news ? Cut.FORWARD : Cut.DROP;
            }
            case 'E' -> {
                ErrorFields error = ErrorFields.read(bytes, body, bodyBytes);
                told = !own && error.isFatal();
                return own || exchange.isAnsweringNoted()
                        ? error(error, own, bodyBytes)
                        : passage(type, bytes, body);
            }
            case 'C' -> {
                if (bytes.getByte(body) != 'B') {
                    done(bytes.toString(body, bodyBytes - 1, StandardCharsets.US_ASCII), own);
                }
            }
            case 'D' -> {
                if (!reports.told(bytes, body, body + bodyBytes)) {
                    return doubt();
                }
            }
            case 'Z' -> {
                return ready(bodyBytes == 1 ? bytes.getByte(body) : 0);
            }
            default -> {
                if (!statements.described(type, bytes, body, bodyBytes)) {
                    return doubt();
                }
            }
        }
        told = false;
        return passage(type, bytes, body);
    }

    private void done(String command, boolean own) {
        if (!own) {
            reports.otherDone();
        }
        boolean discarded = command.equals("DISCARD ALL");
        if (discarded || command.equals("DEALLOCATE ALL")) {
            reports.discarded();
        }
        if (!own && (discarded || command.equals("RESET"))) {
            reports.settingsReset(discarded);
        }
    }

    private Cut error(ErrorFields error, boolean own, int bodyBytes) {
        ByteBuf instead =
                exchange.isAnsweringNoted() ? statements.heard(error, session.allocator()) : null;
        exchange.serverSends((byte) 'E');
        if (own) {
            errands.failed(error);
            return Cut.DROP;
        }
        if (instead == null) {
            return Cut.FORWARD;
        }
        head = instead;
        replacedBytes = HEADER_BYTES + bodyBytes;
        return Cut.REWRITE;
    }

    private Cut ready(byte status) {
        told = false;
        return switch (exchange.serverReady(status)) {
            case PASS -> {
                broken = session.ready(status);
                // Why it cannot be gone on with is the answer to what was asked.
                yield broken == null ? Cut.FORWARD : Cut.STOP;
            }
            case DROP -> {
                statements.endUnnamed();
                session.ready(status);
                errands.answered();
                yield Cut.DROP;
            }
            case AS_PARSED, DOUBT -> doubt();
        };
    }

    private Cut doubt() {
        broken = Complaints.doubt();
        return Cut.STOP;
    }

    @Override
    public ByteBuf head() {
        return head;
    }

    @Override
    public int replacedBytes() {
        return replacedBytes;
    }

    @Override
    public void forward(ByteBuf run) {
        session.reply(run);
    }
}

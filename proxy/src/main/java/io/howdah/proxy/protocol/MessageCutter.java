package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;

/// Cuts a stream into messages (a type, a length of four bytes that counts itself, a body) and
/// hands on what shall pass in runs as long as possible: whole read buffers where nothing has to be
/// taken out, put in or replaced. Looks at types and lengths only; of a message that the receiver
/// wants to see more of, or all, what is there is kept until then. For one thread.
public final class MessageCutter {

    /// What becomes of a message.
    public enum Cut {
        /// It is handed on.
        FORWARD,
        /// It is left out.
        DROP,
        /// It shall be shown when it is there in full, by [Receiver#whole].
        WHOLE,
        /// [Receiver#begin] is asked again when more of it is there.
        MORE,
        /// [Receiver#head] is handed on ahead of it, and [Receiver#begin] asked again.
        AHEAD,
        /// [Receiver#head] is handed on in place of its first [Receiver#replacedBytes].
        REWRITE,
        /// It and everything behind it wait until [#resume].
        WAIT,
        /// Nothing that follows is read any more.
        STOP
    }

    /// Who judges the messages and takes what passes.
    public interface Receiver {

        /// A message begins.
        ///
        /// @param length as it was sent: the body's bytes and 4; not checked yet
        /// @param body where its body begins in `bytes`, of which `present` bytes are there
        Cut begin(byte type, int length, ByteBuf bytes, int body, int present);

        /// A message that was wanted whole is there.
        ///
        /// @return anything but WHOLE and MORE
        Cut whole(byte type, ByteBuf bytes, int body, int bodyBytes);

        /// What is handed on after AHEAD or REWRITE; it belongs to the cutter.
        default ByteBuf head() {
            throw new UnsupportedOperationException("nothing is put in");
        }

        /// How many bytes of a message, from its type on, REWRITE replaces; so many are present.
        default int replacedBytes() {
            throw new UnsupportedOperationException("nothing is replaced");
        }

        /// Bytes to hand on; they now belong to the receiver.
        void forward(ByteBuf run);
    }

    private static final int HEADER_BYTES = 5;
    private static final int SMALL_BYTES = 64;

    private final Receiver receiver;
    private @Nullable ByteBuf kept;
    private int unread;
    private boolean dropping;
    private boolean waiting;
    private boolean stopped;

    /// @param receiver judges the messages
    public MessageCutter(Receiver receiver) {
        this.receiver = receiver;
    }

    /// Reads what has arrived. The buffer belongs to the cutter from now on.
    public void read(ByteBuf arrived) {
        if (stopped) {
            arrived.release();
        } else if (waiting) {
            kept = joined(kept, arrived);
        } else {
            cut(kept == null ? arrived : joined(kept, arrived));
        }
    }

    /// Goes on with what has waited.
    public void resume() {
        ByteBuf held = kept;
        waiting = false;
        if (held != null) {
            kept = null;
            cut(held);
        }
    }

    /// Whether a message has begun to be handed on and is not complete.
    public boolean isInMessage() {
        return unread > 0 && !dropping;
    }

    /// How many bytes are held back.
    public int keptBytes() {
        return kept == null ? 0 : kept.readableBytes();
    }

    /// Whether nothing more is read.
    public boolean isStopped() {
        return stopped;
    }

    /// Reads nothing more and lets go of what is held.
    public void stop() {
        stopped = true;
        if (kept != null) {
            kept.release();
            kept = null;
        }
    }

    private void cut(ByteBuf in) {
        kept = null;
        int end = in.writerIndex();
        int run = in.readerIndex();
        int at = run;
        try {
            if (unread > 0) {
                int part = Math.min(unread, end - at);
                unread -= part;
                at += part;
                if (dropping) {
                    run = at;
                }
            }
            while (unread == 0 && end - at >= HEADER_BYTES) {
                byte type = in.getByte(at);
                int length = in.getInt(at + 1);
                int body = at + HEADER_BYTES;
                Cut cut = receiver.begin(type, length, in, body, end - body);
                if (cut == Cut.WHOLE && end - at > length) {
                    cut = receiver.whole(type, in, body, length - 4);
                }
                if (cut == Cut.AHEAD || cut == Cut.REWRITE) {
                    emit(in, run, at);
                    forward(receiver.head());
                    run = at;
                }
                if (cut == Cut.AHEAD) {
                    continue;
                }
                if (cut == Cut.WHOLE || cut == Cut.MORE || cut == Cut.WAIT) {
                    waiting = cut == Cut.WAIT;
                    break;
                }
                if (cut == Cut.STOP) {
                    emit(in, run, at);
                    stop();
                    return;
                }
                int next = at + Math.min(length + 1, end - at);
                unread = length + 1 - (next - at);
                dropping = cut == Cut.DROP;
                if (cut == Cut.REWRITE) {
                    run = at + receiver.replacedBytes();
                }
                if (dropping) {
                    emit(in, run, at);
                    run = next;
                }
                at = next;
            }
            emit(in, run, at);
            keep(in, at, end);
        } finally {
            in.release();
        }
    }

    private void emit(ByteBuf in, int from, int to) {
        if (from < to && !stopped) {
            boolean all = from == in.readerIndex() && to == in.writerIndex();
            receiver.forward(all ? in.retain() : in.retainedSlice(from, to - from));
        }
    }

    private void forward(ByteBuf head) {
        if (stopped) {
            head.release();
        } else {
            receiver.forward(head);
        }
    }

    /// Small rests are copied, so that they do not hold a whole read buffer. A large one stays
    /// where it is, with what room there is behind it.
    private void keep(ByteBuf in, int from, int to) {
        if (from < to && !stopped) {
            kept =
                    to - from <= SMALL_BYTES
                            ? Unpooled.copiedBuffer(in.slice(from, to - from))
                            : in.readerIndex(from).retain();
        }
    }

    /// What comes goes behind what is there, into a buffer of twice the size where there is no
    /// room: so each byte is copied a few times, however small the pieces in which they come.
    private static ByteBuf joined(@Nullable ByteBuf first, ByteBuf second) {
        if (first == null) {
            return second;
        }
        if (second.readableBytes() <= first.writableBytes()) {
            return appended(first, second);
        }
        ByteBuf larger = second.alloc().buffer(2 * first.readableBytes() + second.readableBytes());
        return appended(appended(larger, first), second);
    }

    private static ByteBuf appended(ByteBuf first, ByteBuf second) {
        first.writeBytes(second);
        second.release();
        return first;
    }
}

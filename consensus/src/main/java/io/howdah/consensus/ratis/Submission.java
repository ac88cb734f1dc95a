package io.howdah.consensus.ratis;

import java.nio.ByteBuffer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/// What a node has put into the log.
sealed interface Submission {

    /// A command.
    ///
    /// @param base a log position that was committed before the submission was made; the command is
    ///   void when the log has grown by [#WINDOW_ENTRIES] since
    /// @param command the command as its type encodes it
    record Command(long base, ByteString command) implements Submission {}

    /// A question for the document at this place of the log; it changes nothing.
    ///
    /// Ratis has reads without a log entry, but they are not safe: once a majority has confirmed a
    /// leader for a log position, it answers all later reads without asking again until the
    /// position grows. A leader that was stalled while another one took over would give a stale
    /// answer.
    record Read() implements Submission {}

    /// How many entries a command may wait for its turn. So long the ids of applied ones are
    /// remembered: that makes every command apply at most once, with no clock in it.
    long WINDOW_ENTRIES = 1024;

    /// As bytes: a letter for the kind, then its values.
    default ByteString encode() {
        return switch (this) {
            case Command(long base, ByteString command) -> {
                ByteBuffer head = ByteBuffer.allocate(1 + Long.BYTES);
                head.put((byte) 'c').putLong(base).flip();
                yield ByteString.copyFrom(head).concat(command);
            }
            case Read() -> ByteString.copyFromUtf8("r");
        };
    }

    /// The opposite of `encode`.
    ///
    /// @throws IllegalArgumentException if the bytes are not a submission
    static Submission decode(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        byte kind = buffer.hasRemaining() ? buffer.get() : 0;
        if (kind == 'c' && buffer.remaining() >= Long.BYTES) {
            return new Command(buffer.getLong(), bytes.substring(1 + Long.BYTES));
        }
        if (kind == 'r' && !buffer.hasRemaining()) {
            return new Read();
        }
        throw new IllegalArgumentException("not a submission: " + bytes.size() + " bytes");
    }
}

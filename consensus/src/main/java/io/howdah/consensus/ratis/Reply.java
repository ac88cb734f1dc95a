package io.howdah.consensus.ratis;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.jspecify.annotations.Nullable;

/// What the state machine answers to a submission.
///
/// @param verdict what became of it
/// @param index its log position
/// @param refusal why the command changed nothing; null if it was accepted, or not applied at all
/// @param state the document right after it, encoded; empty if it was not applied
record Reply(Verdict verdict, long index, @Nullable String refusal, ByteString state) {

    private static final byte FORMAT = 1;

    /// What became of a submission.
    enum Verdict {
        APPLIED(1),
        /// An earlier copy of it was applied.
        REPEATED(2),
        /// It came too late; see [Submission#base()].
        EXPIRED(3);

        private final int code;

        Verdict(int code) {
            this.code = code;
        }

        private static Verdict of(int code) {
            return switch (code) {
                case 1 -> APPLIED;
                case 2 -> REPEATED;
                case 3 -> EXPIRED;
                default -> throw new IllegalArgumentException("not a verdict: " + code);
            };
        }
    }

    static Reply notApplied(Verdict verdict, long index) {
        return new Reply(verdict, index, null, ByteString.EMPTY);
    }

    ByteString encode() {
        byte[] reason = refusal == null ? new byte[0] : refusal.getBytes(StandardCharsets.UTF_8);
        ByteBuffer buffer = ByteBuffer.allocate(2 + Long.BYTES + Integer.BYTES + reason.length);
        buffer.put(FORMAT).put((byte) verdict.code).putLong(index);
        buffer.putInt(refusal == null ? -1 : reason.length).put(reason).flip();
        return ByteString.copyFrom(buffer).concat(state);
    }

    /// @throws IllegalArgumentException if the bytes are not a reply
    static Reply decode(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        if (buffer.remaining() < 2 + Long.BYTES + Integer.BYTES || buffer.get() != FORMAT) {
            throw new IllegalArgumentException("not a reply: " + bytes.size() + " bytes");
        }
        Verdict verdict = Verdict.of(buffer.get());
        long index = buffer.getLong();
        int reasonBytes = buffer.getInt();
        String refusal = null;
        if (reasonBytes >= 0) {
            byte[] reason = new byte[reasonBytes];
            buffer.get(reason);
            refusal = new String(reason, StandardCharsets.UTF_8);
        }
        return new Reply(verdict, index, refusal, bytes.substring(buffer.position()));
    }
}

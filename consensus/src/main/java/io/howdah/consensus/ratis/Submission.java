package io.howdah.consensus.ratis;

import java.nio.ByteBuffer;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;

/// A command as it stands in the log.
///
/// @param base the log position up to which the submitting node had applied when it submitted; the
///   command is void when the log has grown by [#WINDOW_ENTRIES] since
/// @param command the command as its type encodes it
record Submission(long base, ByteString command) {

    /// How many entries a submission may wait for its turn. So long the ids of applied ones are
    /// remembered: that makes every submission apply at most once, with no clock in it.
    static final long WINDOW_ENTRIES = 1024;

    private static final byte FORMAT = 1;

    ByteString encode() {
        ByteBuffer buffer = ByteBuffer.allocate(1 + Long.BYTES);
        buffer.put(FORMAT).putLong(base).flip();
        return ByteString.copyFrom(buffer).concat(command);
    }

    /// @throws IllegalArgumentException if the bytes are not a submission
    static Submission decode(ByteString bytes) {
        ByteBuffer buffer = bytes.asReadOnlyByteBuffer();
        if (buffer.remaining() < 1 + Long.BYTES || buffer.get() != FORMAT) {
            throw new IllegalArgumentException("not a submission: " + bytes.size() + " bytes");
        }
        return new Submission(buffer.getLong(), bytes.substring(1 + Long.BYTES));
    }
}

package io.howdah.proxy.protocol;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/// What has to be named to cancel a query. One that a proxy gives to a client says which proxy that
/// was, where proxies know each other, and is unguessable for the rest; it is never negative. A
/// negative one is a key that another proxy has handed on. Immutable.
///
/// @param process PostgreSQL's process, or what stands in for it
/// @param secret each character stands for one byte
public record CancelKey(int process, String secret) {

    /// The secret's bytes, for protocol 3.0 and for 3.2.
    private static final int SHORT_BYTES = 4;

    private static final int LONG_BYTES = 32;

    /// PostgreSQL's own bound on a secret (protocol 3.2).
    private static final int MOST_BYTES = 256;

    private static final int PEER_SHIFT = 16;
    private static final int HANDED_ON = Integer.MIN_VALUE;

    /// A new one.
    ///
    /// @param peer the proxy's number, 1 to 32767; 0 for none
    /// @param longer as protocol 3.2 has it
    public static CancelKey of(int peer, boolean longer, Random random) {
        int low = random.nextInt() & Integer.MAX_VALUE;
        byte[] secret = new byte[longer ? LONG_BYTES : SHORT_BYTES];
        random.nextBytes(secret);
        return new CancelKey(
                peer == 0 ? low : (peer << PEER_SHIFT) | (low >>> (PEER_SHIFT - 1)),
                new String(secret, StandardCharsets.ISO_8859_1));
    }

    /// Whether a key may have so many bytes.
    public static boolean isPossible(int bytes) {
        return bytes >= 4 + SHORT_BYTES && bytes <= 4 + MOST_BYTES;
    }

    /// Reads all that is left.
    public static CancelKey read(ByteBuf bytes) {
        int process = bytes.readInt();
        int length = bytes.readableBytes();
        return new CancelKey(
                process, bytes.readCharSequence(length, StandardCharsets.ISO_8859_1).toString());
    }

    /// Writes it as messages have it.
    public void write(ByteBuf out) {
        out.writeInt(process).writeCharSequence(secret, StandardCharsets.ISO_8859_1);
    }

    /// How many bytes that are.
    public int bytes() {
        return 4 + secret.length();
    }

    /// The number of the proxy that made it, where proxies have numbers.
    public int peer() {
        return (process & Integer.MAX_VALUE) >>> PEER_SHIFT;
    }

    /// Whether another proxy has handed it on; it is not handed on again.
    public boolean isHandedOn() {
        return process < 0;
    }

    /// The same, as it is handed on to another proxy.
    public CancelKey handedOn() {
        return new CancelKey(process | HANDED_ON, secret);
    }

    /// As its proxy has made it.
    public CancelKey original() {
        return new CancelKey(process & ~HANDED_ON, secret);
    }

    @Override
    public String toString() {
        return "a cancel key of process " + process;
    }
}

package io.howdah.testing.fuzz;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/// A fuzzer's bytes as decisions, from the first to the last; where there are no more, all
/// decisions are 0. For one thread.
public final class FuzzInput {

    private final byte[] bytes;
    private int at;

    /// @param bytes of which each decision takes some
    public FuzzInput(byte[] bytes) {
        this.bytes = bytes.clone();
    }

    /// Whether there are no more.
    public boolean isEmpty() {
        return at >= bytes.length;
    }

    /// A decision.
    ///
    /// @return 0 to 255
    public int next() {
        return isEmpty() ? 0 : bytes[at++] & 0xff;
    }

    /// A decision between some.
    ///
    /// @param bound 1 to 65536
    /// @return 0 to bound - 1
    public int next(int bound) {
        return (bound <= 256 ? next() : next() << 8 | next()) % bound;
    }

    /// A decision between two.
    public boolean nextBoolean() {
        return (next() & 1) == 1;
    }

    /// The next bytes, fewer where there are no more.
    public byte[] bytes(int count) {
        int end = Math.min(bytes.length, at + count);
        byte[] some = Arrays.copyOfRange(bytes, at, end);
        at = end;
        return some;
    }

    /// All that are left.
    public byte[] rest() {
        return bytes(bytes.length - at);
    }

    /// All that are left, a character for each.
    public String restAsText() {
        return new String(rest(), StandardCharsets.ISO_8859_1);
    }

    /// The decisions in a form that takes them for chance.
    public Random asRandom() {
        return new Random(0) {
            @Override
            public int nextInt(int bound) {
                return FuzzInput.this.next(bound);
            }

            @Override
            public boolean nextBoolean() {
                return FuzzInput.this.nextBoolean();
            }
        };
    }
}

package io.howdah.proxy.session;

import java.util.concurrent.atomic.AtomicLong;

/// The room for answers that clients have not taken yet though their server connections serve
/// others, of all event loops together. Thread-safe.
final class Unsent {

    private final long mostBytes;
    private final AtomicLong bytes = new AtomicLong();

    Unsent(long mostBytes) {
        this.mostBytes = mostBytes;
    }

    /// Takes more of it, or less.
    ///
    /// @return false when there is not so much; then nothing has changed
    boolean take(long more) {
        if (bytes.addAndGet(more) <= mostBytes || more <= 0) {
            return true;
        }
        bytes.addAndGet(-more);
        return false;
    }

    /// How much is taken.
    long takenBytes() {
        return bytes.get();
    }
}

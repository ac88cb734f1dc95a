package io.howdah.cli.backup;

import io.howdah.cli.screen.Quantity;
import java.util.concurrent.TimeUnit;

/// How far a transfer has come, in words. Thread-safe.
public final class Pace {

    private final String what;
    private final long begunNanos = System.nanoTime();

    /// @param what such as `backing up n2`
    public Pace(String what) {
        this.what = what;
    }

    /// The words for now.
    ///
    /// @param done how many bytes are done
    /// @param total how many there are about; 0 when that is not known
    public String now(long done, long total) {
        return at(done, total, System.nanoTime() - begunNanos);
    }

    String at(long done, long total, long nanos) {
        double seconds = Math.max(nanos / 1e9, 0.001);
        double rate = done / seconds;
        var text = new StringBuilder(what).append(": ").append(Quantity.bytes(done));
        if (total > 0) {
            text.append(" of ").append(Quantity.bytes(Math.max(total, done)));
        }
        text.append(", ").append(Quantity.bytes((long) rate)).append("/s");
        if (total > done && rate > 0) {
            long left = (long) ((total - done) / rate * TimeUnit.SECONDS.toMillis(1));
            text.append(", ").append(Quantity.millis(left)).append(" left");
        }
        return text.toString();
    }
}

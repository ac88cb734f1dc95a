package io.howdah.proxy.session;

import io.howdah.proxy.statement.StatementRoom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What the log says when clients begin to keep their server connections for want of room for what
/// they prepare: at once, and then not again for a while. Thread-safe; knows no clock of its own.
final class Scarcity {

    /// So long it is not said again.
    static final Duration PAUSE = Duration.ofMinutes(10);

    private final StatementRoom room;
    private long known;
    private long toldNanos;

    Scarcity(StatementRoom room) {
        this.room = room;
    }

    /// What is to be said now; null when nothing is.
    synchronized @Nullable String news(long now) {
        long refusals = room.refusals();
        boolean soon = known > 0 && now - toldNanos < PAUSE.toNanos();
        if (refusals == known || soon) {
            return null;
        }
        String news =
                (refusals - known)
                        + " more clients keep their server connections, as there is no room for what"
                        + " they prepare: "
                        + room.takenBytes()
                        + " of "
                        + room.capacityBytes()
                        + " bytes are taken\nHINT: raise 'statement-memory', or have applications"
                        + " prepare fewer statements";
        known = refusals;
        toldNanos = now;
        return news;
    }
}

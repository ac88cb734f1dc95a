package io.howdah.backup.marker;

import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The markers that were acknowledged and are not archived yet, and the newest that is.
/// Thread-safe.
public final class MarkerTrail {

    /// Some forty minutes of them; of those that come later, only the newest is kept.
    private static final int MOST = 10_000;

    private final Deque<WrittenMarker> waiting = new ArrayDeque<>();
    private @Nullable WrittenMarker archived;

    /// One more was acknowledged.
    synchronized void acknowledged(WrittenMarker marker) {
        if (waiting.size() == MOST) {
            waiting.removeLast();
        }
        waiting.addLast(marker);
    }

    /// Another server writes from now on.
    synchronized void begin() {
        waiting.clear();
        archived = null;
    }

    /// The newest that is archived.
    ///
    /// @param position up to where every repository has all WAL
    public synchronized Optional<Marker> archived(Lsn position) {
        while (!waiting.isEmpty() && position.isAtLeast(waiting.element().end())) {
            archived = waiting.remove();
        }
        return Optional.ofNullable(archived).map(WrittenMarker::marker);
    }

    /// What would be lost with all servers, in time: from the newest marker that is archived to the
    /// newest that was acknowledged. Where none is archived yet, from the first; and at least for
    /// as long as WAL has waited, as what a former primary wrote may not be archived either.
    ///
    /// @param position up to where every repository has all WAL
    /// @param behind for how long WAL has waited that lies behind it
    public synchronized Duration loss(Lsn position, Duration behind) {
        Optional<Marker> kept = archived(position);
        if (waiting.isEmpty()) {
            return kept.isPresent() ? Duration.ZERO : behind;
        }
        Marker from = kept.orElse(waiting.element().marker());
        Duration loss = Duration.between(from.at(), waiting.getLast().marker().at());
        Duration least = kept.isPresent() ? Duration.ZERO : behind;
        // Below that also where a clock was set back.
        return loss.compareTo(least) < 0 ? least : loss;
    }
}

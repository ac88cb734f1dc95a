package io.howdah.backup.restore;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.SegmentRecords;
import io.howdah.postgres.Lsn;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks for the last record in the WAL of a plan that PostgreSQL may find to be whole: no position
/// behind its start can be reached (`recoveryStopsAfter` in xlogrecovery.c). For one call of
/// [#start].
final class LastRecord implements SegmentRecords.Visitor {

    private final WalPlan plan;
    private final NewestSegments segments;
    private @Nullable Lsn last;

    LastRecord(WalPlan plan, ObjectStore store) {
        this.plan = plan;
        this.segments = new NewestSegments(plan, store);
    }

    /// Where it begins; empty when that cannot be said.
    Optional<Lsn> start() {
        return segments.read(
                        (segment, content) -> {
                            SegmentRecords.Edges _ = SegmentRecords.read(segment, content, this);
                        },
                        () -> last != null)
                ? Optional.ofNullable(last)
                : Optional.empty();
    }

    @Override
    public boolean wants(int manager, int info) {
        return false;
    }

    @Override
    public void record(Lsn start, int manager, int info, ByteBuffer data) {
        throw new IllegalStateException("none is wanted, and one begins at " + start);
    }

    @Override
    public void passed(Lsn start, Lsn end) {
        // They come in order.
        if (plan.reach().isAtLeast(end)) {
            last = start;
        }
    }
}

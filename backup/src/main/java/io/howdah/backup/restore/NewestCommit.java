package io.howdah.backup.restore;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.SegmentRecords;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Looks for the newest end of a transaction in the WAL of a plan: PostgreSQL reaches a time only
/// when it comes to a transaction that ended after it. For one call of [#find].
final class NewestCommit implements SegmentRecords.Visitor {

    /// PostgreSQL's `RM_XACT_ID`, with those kinds of its records that replay may stop before.
    private static final int MANAGER = 1;

    private static final int KIND = 0x70;
    private static final int COMMIT = 0x00;
    private static final int ABORT = 0x20;
    private static final int COMMIT_PREPARED = 0x30;
    private static final int ABORT_PREPARED = 0x40;

    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    private final NewestSegments segments;
    private @Nullable Instant newest;
    private SegmentRecords.@Nullable Part following;

    NewestCommit(WalPlan plan, ObjectStore store) {
        this.segments = new NewestSegments(plan, store);
    }

    /// The segment that follows was looked at before: a record may begin here and end there.
    private void look(WalSegment segment, FileChannel content) throws IOException {
        SegmentRecords.Edges edges = SegmentRecords.read(segment, content, this);
        SegmentRecords.Part end = following;
        if (end != null) {
            edges.last().ifPresent(last -> SegmentRecords.join(last, end, this));
        }
        following = edges.first().orElse(null);
    }

    /// When it ended; empty when that cannot be said.
    Optional<Instant> find() {
        return segments.read(this::look, () -> newest != null)
                ? Optional.ofNullable(newest)
                : Optional.empty();
    }

    @Override
    public boolean wants(int manager, int info) {
        return manager == MANAGER
                && switch (info & KIND) {
                    case COMMIT, ABORT, COMMIT_PREPARED, ABORT_PREPARED -> true;
                    default -> false;
                };
    }

    @Override
    public void record(Lsn start, int manager, int info, ByteBuffer data) {
        Instant ended = EPOCH.plus(data.getLong(0), ChronoUnit.MICROS);
        if (newest == null || ended.isAfter(newest)) {
            newest = ended;
        }
    }
}

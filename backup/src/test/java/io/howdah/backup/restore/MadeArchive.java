package io.howdah.backup.restore;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.wal.MadeWal;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/// An archive with made WAL, from a segment on in which a backup begins and ends.
final class MadeArchive {

    private static final SystemId SYSTEM = new SystemId(7301);

    private final MemoryStore store = new MemoryStore();
    private final WalSegment first = new WalSegment(TimelineId.FIRST, 3, MadeWal.SEGMENT_BYTES);

    MemoryStore store() {
        return store;
    }

    WalSegment first() {
        return first;
    }

    /// A position in the first segment.
    Lsn at(int offset) {
        return new Lsn(first.start().value() + offset);
    }

    void put(MadeWal wal) {
        PutOutcome _ =
                store.put(
                        new WalNames(SYSTEM).segment(wal.segment()),
                        Content.of(Zstd.compress(wal.content())),
                        PutMode.IF_ABSENT);
    }

    /// What a restore of the backup goes by.
    WalPlan plan(Lsn reach) {
        var backup =
                new BackupRecord(
                        RepositoryIdentity.FORMAT,
                        "20261128-221500-0423f9",
                        SYSTEM,
                        "18.0",
                        false,
                        TimelineId.FIRST,
                        at(40),
                        at(80),
                        Instant.EPOCH,
                        Instant.EPOCH,
                        MadeWal.SEGMENT_BYTES,
                        true,
                        List.of(),
                        0,
                        new ManifestSummary(1, 1, 1, 1, "", 1, ""),
                        new DamagedPages(0, List.of()),
                        LeftOutLinks.NONE);
        return new WalPlan(backup, TimelineHistory.startingAt(TimelineId.FIRST), reach, Set.of());
    }
}

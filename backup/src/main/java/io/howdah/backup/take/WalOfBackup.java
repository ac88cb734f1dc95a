package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreException;
import io.howdah.backup.wal.WalPutter;
import io.howdah.backup.wal.WalRange;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.TimelineHistoryFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/// Sees to it that the WAL of a backup is in the repository, also where no archive runs: from the
/// server's `pg_wal`, where a slot keeps it. Immutable.
///
/// @param directory that `pg_wal`
/// @param timeline the backup's
/// @param range from its start to its end
/// @param segmentBytes the size of a segment
/// @param lastIsComplete whether the server has gone on to the segment behind; a standby may not
///   have, and of its last one only what counts is stored
record WalOfBackup(
        Path directory,
        TimelineId timeline,
        WalRange range,
        int segmentBytes,
        boolean lastIsComplete) {

    private static final int LEVEL = 1;

    /// Stores what is missing.
    ///
    /// @throws BackupException when the server has it no more, or the repository has other WAL
    ///   there
    /// @throws StoreException when the store does not confirm it
    void store(ObjectStore store, SystemId system) {
        Path packed = packed();
        try {
            try {
                store(new WalPutter(store, system, packed, LEVEL));
            } finally {
                Files.deleteIfExists(packed);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the WAL in " + directory, e);
        }
    }

    /// Where WAL is packed.
    private static Path packed() {
        try {
            return Files.createTempFile("howdah-wal", ".zst");
        } catch (IOException e) {
            throw new BackupException(
                    "cannot make a file to pack WAL into in "
                            + System.getProperty("java.io.tmpdir")
                            + ": "
                            + e,
                    "look at that directory's disk and rights; -Djava.io.tmpdir names another one",
                    e);
        }
    }

    private void store(WalPutter putter) throws IOException {
        if (!timeline.equals(TimelineId.FIRST)) {
            requireHistory(directory, timeline);
            String name = timeline.historyFileName();
            String content = Files.readString(directory.resolve(name));
            putter.history(
                    new TimelineHistoryFile(
                            name, content, TimelineHistory.parse(timeline, content)));
        }
        Lsn position = range.start();
        while (position.compareTo(range.end()) < 0) {
            WalSegment segment = WalSegment.at(timeline, position, segmentBytes);
            Path file = require(segment);
            boolean last = segment.end().isAtLeast(range.end());
            if (last && !lastIsComplete) {
                putter.piece(segment, new WalRange(segment.start(), range.end()), file);
            } else {
                putter.segment(segment, file);
            }
            position = segment.end();
        }
    }

    /// Sees that a timeline's history is there: best before a backup reads all files.
    ///
    /// @param directory a server's `pg_wal`
    /// @throws BackupException when it is missing
    static void requireHistory(Path directory, TimelineId timeline) {
        if (!timeline.equals(TimelineId.FIRST)
                && !Files.exists(directory.resolve(timeline.historyFileName()))) {
            throw new BackupException(
                    "the history of timeline "
                            + timeline
                            + ", "
                            + timeline.historyFileName()
                            + ", is not in "
                            + directory
                            + ", and without it no backup can be restored",
                    "copy it there from another member's pg_wal or from an archive, and take the"
                            + " backup again");
        }
    }

    private Path require(WalSegment segment) {
        Path file = directory.resolve(segment.name());
        if (!Files.exists(file)) {
            throw new BackupException(
                    "the WAL file "
                            + segment.name()
                            + ", which this backup needs, is not in "
                            + directory,
                    "take the backup again; raise max_slot_wal_keep_size if it happens once more");
        }
        return file;
    }
}

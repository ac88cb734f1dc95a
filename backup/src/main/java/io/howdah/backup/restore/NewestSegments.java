package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.WalSegment;
import io.howdah.backup.wal.WalSource;
import io.howdah.postgres.Lsn;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The newest WAL of a plan, segment by segment, the newest one first. Immutable.
///
/// @param plan up to where WAL is there
/// @param store where it lies
record NewestSegments(WalPlan plan, ObjectStore store) {

    /// More are not looked into: where so much was written and nothing found, it stays unknown.
    private static final int MOST_SEGMENTS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(NewestSegments.class);

    /// Looks into one of them.
    @FunctionalInterface
    interface Look {
        /// One of them.
        ///
        /// @param content all of it, padded where it is not all there
        void at(WalSegment segment, FileChannel content) throws IOException;
    }

    /// Looks into them, up to the start of the backup.
    ///
    /// @param enough whether what was sought was found
    /// @return false where one cannot be read: what is damaged may lie behind a target
    boolean read(Look look, BooleanSupplier enough) {
        WalSource source =
                plan.source(store)
                        .upTo(plan.reach())
                        .inspectedBy((segment, content) -> {
                            look.at(segment, content);
                            return segment.end();
                        });
        try {
            Path file = Files.createTempFile("howdah-", ".wal");
            try {
                Lsn end = plan.reach();
                for (int looked = 0; looked < MOST_SEGMENTS && !enough.getAsBoolean(); looked++) {
                    if (plan.backup().startLsn().isAtLeast(end)) {
                        break;
                    }
                    WalSegment segment = plan.segmentBefore(end);
                    boolean _ = source.fetch(segment.name(), file);
                    end = segment.start();
                }
                return true;
            } catch (BackupException e) {
                return false;
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            LOG.debug("cannot look at the newest WAL: {}", e.toString());
            return false;
        }
    }
}

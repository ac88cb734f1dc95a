package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.WireException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fills gaps of archives from what a member still has in its `pg_wal`: a primary that is promoted
/// late, or whose slot was lost, has not all that another one has. Immutable.
///
/// @param stores of the repositories
/// @param directory that `pg_wal`
/// @param packed a file of this filling's own; beside it lies another one
/// @param memory by which it is known whose the repositories are
public record GapFilling(
        List<ObjectStore> stores, Path directory, Path packed, RepositoryMemory memory) {

    private static final Logger LOG = LoggerFactory.getLogger(GapFilling.class);

    public GapFilling {
        stores = List.copyOf(stores);
    }

    /// Puts every segment that an archive lacks and the member has, whole and for certain. None
    /// waits for another that fails.
    ///
    /// @param member a server of the cluster, whose `pg_wal` it is
    /// @throws WireException when it does not answer
    /// @throws StoreUnavailableException when a repository does not
    /// @throws WalConflictException when a repository holds other WAL there
    /// @throws BackupException when a repository is another cluster's
    public void fill(ConnectionSettings member) {
        SystemIdentity identity;
        TimelineHistory line;
        int segmentBytes;
        try (ReplicationConnection replication = ReplicationConnection.open(member)) {
            identity = replication.identifySystem();
            line = replication.timelineHistory(identity.timeline()).history();
            segmentBytes = replication.walSegmentBytes();
        }
        Optional<Lsn> oldest = oldest(line, segmentBytes);
        if (oldest.isEmpty()) {
            return;
        }
        WalSegment first = ArchivePoint.at(line, oldest.get()).segment(segmentBytes);
        BackupException failure = null;
        for (ObjectStore store : stores) {
            try {
                fill(store, identity, line, first);
            } catch (BackupException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /// Where the WAL of the line begins that the member still has.
    private Optional<Lsn> oldest(TimelineHistory line, int segmentBytes) {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file ->
                            WalSegment.named(String.valueOf(file.getFileName()), segmentBytes))
                    .flatMap(Optional::stream)
                    .filter(segment -> line.includes(segment.timeline()))
                    .map(WalSegment::start)
                    .min(Comparator.naturalOrder());
        } catch (IOException e) {
            throw new BackupException(
                    "cannot look into " + directory + ": " + e,
                    "see that the node may read its own data directory",
                    e);
        }
    }

    private void fill(
            ObjectStore store, SystemIdentity identity, TimelineHistory line, WalSegment first) {
        memory.requireOurs(store);
        WalIndex index = WalIndex.read(store, identity.systemId(), line, first);
        var putter =
                new WalPutter(store, identity.systemId(), packed, WalArchiveSettings.DEFAULT_LEVEL);
        for (WalSegment segment : missing(index, line, identity.position(), first)) {
            fill(store, putter, line, segment);
        }
    }

    private void fill(
            ObjectStore store, WalPutter putter, TimelineHistory line, WalSegment segment) {
        Path copy = packed.resolveSibling(packed.getFileName() + "-segment");
        try {
            try {
                if (new SegmentCopy(segment, line, directory.resolve(segment.name())).into(copy)) {
                    putter.segment(segment, copy);
                    LOG.info("filled a gap in {}: {}", store, segment.name());
                }
            } finally {
                Files.deleteIfExists(copy);
            }
        } catch (IOException e) {
            throw new BackupException(
                    "cannot copy "
                            + segment.name()
                            + " from "
                            + directory
                            + " to "
                            + copy
                            + ": "
                            + e,
                    "see that the node may read its own data directory, and look at the disk of "
                            + copy,
                    e);
        }
    }

    /// What lies beyond the point where the line leaves a timeline is not the member's, of a file
    /// that is being written not all is there, and behind the archive's end is no gap. The segment
    /// in which a timeline is left is whole on the next one.
    private static List<WalSegment> missing(
            WalIndex index, TimelineHistory line, Lsn written, WalSegment first) {
        var missing = new ArrayList<WalSegment>();
        List<WalRange> there =
                index.timelines().keySet().stream()
                        .filter(line::includes)
                        .flatMap(timeline -> index.of(timeline).coverage().stream())
                        .toList();
        Lsn begin = there.stream().map(WalRange::start).reduce(written, Lsn::min);
        Lsn position = Lsn.max(begin, first.start());
        Lsn end = Lsn.min(written, there.stream().map(WalRange::end).reduce(Lsn.ZERO, Lsn::max));
        while (position.compareTo(end) < 0) {
            position = index.reach(line, ArchivePoint.at(line, position).timeline(), position);
            WalSegment segment = wholeAt(line, position, first.size());
            if (end.isAtLeast(segment.end())) {
                missing.add(segment);
            }
            position = segment.end();
        }
        return missing;
    }

    private static WalSegment wholeAt(TimelineHistory line, Lsn position, int segmentBytes) {
        Lsn lastByte =
                new Lsn(WalSegment.at(line.current(), position, segmentBytes).end().value() - 1);
        return WalSegment.at(ArchivePoint.at(line, lastByte).timeline(), position, segmentBytes);
    }
}

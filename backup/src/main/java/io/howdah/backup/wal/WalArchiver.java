package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.TimelineHistoryFile;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Archives a server's WAL, as it is written, in all repositories at once. Where it begins is found
/// in the repositories themselves, so it may be killed at any moment, and go on elsewhere. A
/// timeline is followed to its end and then the next one, from the start of the segment with the
/// switch and after its history. Thread-safe; `close` ends it, for good.
public final class WalArchiver implements AutoCloseable {

    private static final String UNDEFINED_FILE = "58P01";
    private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);

    private final WalArchiveSettings settings;
    private final List<ObjectStore> stores;
    private final RepositoryMemory memory;
    private volatile boolean closed;
    private volatile @Nullable ArchiveStream current;

    /// @param stores of the repositories, one or more; those that are none yet become the server's
    /// @param memory which of them there were before
    public WalArchiver(
            WalArchiveSettings settings, List<ObjectStore> stores, RepositoryMemory memory) {
        this.settings = settings;
        this.memory = memory;
        this.stores = List.copyOf(stores);
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("WAL is archived in one repository at least");
        }
    }

    /// Archives until it is closed, or something fails. Call it again after a pause: it goes on
    /// where it was. One thread at a time.
    ///
    /// @param server the primary, or whoever else has the WAL
    /// @throws WireException when the server cannot be reached, or is lost
    /// @throws StoreException when a repository cannot be read at the beginning; one that fails
    ///   later is waited for
    /// @throws WalConflictException when a repository holds other WAL
    /// @throws BackupException when a repository belongs to another cluster, or is missing or
    ///   another one than before, or was taken over
    public void run(ConnectionSettings server) {
        try (ReplicationConnection replication = ReplicationConnection.open(server);
                PostgresConnection session = PostgresConnection.open(server)) {
            SystemIdentity identity = replication.identifySystem();
            List<ArchiveTarget> targets =
                    stores.stream()
                            .map(store -> ArchiveTarget.look(store, identity.systemId(), memory))
                            .toList();
            int segmentBytes = replication.walSegmentBytes();
            TimelineHistory line = histories(replication, targets, identity.timeline());
            Lsn kept = new ArchiveSlot(settings.slot()).keep(session);
            Optional<ArchivePoint> next = Optional.of(beginning(targets, identity, line, kept));
            while (next.isPresent() && !closed) {
                next = follow(replication, session, targets, segmentBytes, next.get());
            }
        } catch (RuntimeException e) {
            if (!closed) {
                throw e;
            }
            LOG.debug("the archive was closed: {}", e.getMessage());
        }
    }

    /// How far it has come; empty while nothing is streamed.
    public Optional<WalArchiveStatus> status() {
        return Optional.ofNullable(current).map(ArchiveStream::status);
    }

    @Override
    public void close() {
        closed = true;
        ArchiveStream stream = current;
        if (stream != null) {
            stream.end();
        }
    }

    /// Puts the history of every number up to the server's own: who recovers to the newest timeline
    /// looks for one after the other, and stops where there is none.
    ///
    /// @return the line that leads to the server's timeline
    private TimelineHistory histories(
            ReplicationConnection replication, List<ArchiveTarget> targets, TimelineId newest) {
        for (TimelineId timeline = TimelineId.FIRST.next();
                timeline.compareTo(newest) <= 0;
                timeline = timeline.next()) {
            Optional<TimelineHistoryFile> history = history(replication, timeline);
            for (ArchiveTarget target : targets) {
                history.ifPresent(file -> putter(target).history(file));
            }
        }
        return replication.timelineHistory(newest).history();
    }

    private static Optional<TimelineHistoryFile> history(
            ReplicationConnection replication, TimelineId timeline) {
        try {
            return Optional.of(replication.timelineHistory(timeline));
        } catch (PostgresServerException e) {
            if (e.sqlState().equals(UNDEFINED_FILE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    private WalPutter putter(ArchiveTarget target) {
        Path unused = settings.directory().resolve("packed");
        return new WalPutter(target.store(), target.system(), unused, settings.level());
    }

    /// The earliest point at which a repository goes on.
    private static ArchivePoint beginning(
            List<ArchiveTarget> targets, SystemIdentity identity, TimelineHistory line, Lsn kept) {
        List<ArchivePoint> points = new ArrayList<>();
        for (ArchiveTarget target : targets) {
            ArchivePoint point = ArchivePoint.next(target.index(), line, kept);
            if (point.timeline().equals(identity.timeline())
                    && point.position().compareTo(identity.position()) > 0) {
                throw new BackupException(
                        "%s holds WAL of timeline %s up to %s, but the server has written only up to %s"
                                .formatted(
                                        target.store(),
                                        point.timeline(),
                                        point.position(),
                                        identity.position()),
                        "this server has lost WAL that it had sent; restore it from the repository,"
                                + " or archive it to another one",
                        null);
            }
            points.add(point);
        }
        return Collections.min(points);
    }

    /// Archives one timeline.
    ///
    /// @return where to go on; empty when it was closed
    private Optional<ArchivePoint> follow(
            ReplicationConnection replication,
            PostgresConnection session,
            List<ArchiveTarget> targets,
            int segmentBytes,
            ArchivePoint point) {
        try (ArchiveStream stream = new ArchiveStream(settings, segmentBytes, point, targets)) {
            current = stream;
            if (closed) {
                return Optional.empty();
            }
            LOG.info("WAL is archived from {} on timeline {}", point.position(), point.timeline());
            return stream.run(replication, session)
                    .map(left -> {
                        TimelineId newest = replication.identifySystem().timeline();
                        TimelineHistory _ = histories(replication, targets, newest);
                        return new ArchivePoint(left.next(), left.at());
                    });
        } catch (PostgresServerException e) {
            return Optional.of(behindTheGap(replication, session, segmentBytes, point, e));
        } finally {
            current = null;
        }
    }

    /// Where to go on when the server does not have what comes next: a gap that stays, and shows,
    /// unless somebody else fills it.
    private ArchivePoint behindTheGap(
            ReplicationConnection replication,
            PostgresConnection session,
            int segmentBytes,
            ArchivePoint point,
            PostgresServerException refusal) {
        Lsn kept = new ArchiveSlot(settings.slot()).keep(session);
        Lsn start = WalSegment.at(point.timeline(), kept, segmentBytes).start();
        if (!refusal.sqlState().equals(UNDEFINED_FILE) || start.compareTo(point.position()) <= 0) {
            throw refusal;
        }
        LOG.error(
                "the server has no WAL from {} to {} any more: the archive has a gap there\n"
                        + "HINT: take a backup now; older ones cannot be restored past the gap",
                point.position(),
                start);
        TimelineId timeline = replication.identifySystem().timeline();
        return ArchivePoint.at(replication.timelineHistory(timeline).history(), start);
    }
}

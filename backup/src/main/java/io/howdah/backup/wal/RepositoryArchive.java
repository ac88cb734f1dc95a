package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.SystemIdentity;
import io.howdah.postgres.wire.TimelineHistoryFile;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A server's WAL on its way into one repository, by a stream of its own: so no other repository
/// waits for this one. What goes wrong is tried again for as long as it takes; only where there is
/// other WAL nothing more is put, until that is gone. Where it begins is found in the repository
/// itself. A timeline is followed to its end and then the next one, from the start of the segment
/// with the switch and after its history. Thread-safe; `start` is called once, and then `end` and
/// `close`.
final class RepositoryArchive implements AutoCloseable {

    private static final String UNDEFINED_FILE = "58P01";
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /// How long its stream may take to end in order.
    private static final Duration IN_ORDER = Duration.ofSeconds(1);

    /// How long it may take to end when it is interrupted. A disk that hangs is not interrupted.
    private static final Duration INTERRUPTED = Duration.ofSeconds(5);

    /// A repository that has taken nothing for so long gives trouble, whether it says so or not.
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(RepositoryArchive.class);

    private final WalArchiveSettings settings;
    private final Path directory;
    private final ObjectStore store;
    private final RepositoryMemory memory;
    private final RepositoryTroubles troubles;
    private final KeptSlot slot;
    private final ConnectionSettings server;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile @Nullable ArchiveStream current;
    private volatile @Nullable ReplicationConnection connection;

    /// Where the last stream ended; null before the first.
    private volatile @Nullable Lsn reached;

    /// Where none runs: since when there may be WAL that is not in the repository.
    private volatile long sinceNanos = System.nanoTime();

    /// The server has been found to have no WAL before it.
    private Lsn serverBegins = Lsn.ZERO;

    /// Other WAL than the server's was found in the repository.
    private boolean conflictMet;

    private Duration pause = FIRST_PAUSE;

    /// @param number of the repository among all
    /// @param directory for what is received: this archive's alone, also when it is over
    /// @param slot that keeps the server's WAL
    /// @param server who has the WAL
    RepositoryArchive(
            WalArchiveSettings settings,
            int number,
            Path directory,
            ObjectStore store,
            RepositoryMemory memory,
            RepositoryTroubles troubles,
            KeptSlot slot,
            ConnectionSettings server) {
        this.settings = settings;
        this.directory = directory;
        this.store = store;
        this.memory = memory;
        this.troubles = troubles;
        this.slot = slot;
        this.server = server;
        this.thread =
                Thread.ofPlatform().daemon().name("wal-archive-" + number).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Tells the server that we are there.
    void report() {
        ArchiveStream stream = current;
        if (stream != null) {
            stream.report();
        }
        if (behind().compareTo(SILENCE) > 0 && troubles.of(store).isEmpty()) {
            boolean _ =
                    troubles.failed(
                            store,
                            new StoreUnavailableException(
                                    store + " takes no WAL, and does not answer",
                                    "look at its disk, or at the network on the way there",
                                    null));
        }
    }

    /// Up to where the repository has the server's WAL; empty before it was looked at.
    Optional<Lsn> archived() {
        ArchiveStream stream = current;
        return Optional.ofNullable(stream == null ? reached : stream.archived());
    }

    /// Which timeline is streamed; empty where none is.
    Optional<TimelineId> timeline() {
        return Optional.ofNullable(current).map(ArchiveStream::timeline);
    }

    /// For how long the oldest WAL has been there that is not in the repository, as far as is known
    /// here: a repository that gives trouble has taken nothing since that began.
    Duration behind() {
        ArchiveStream stream = current;
        Lsn known = archived().orElse(slot.first());
        Duration received = stream == null ? Duration.ZERO : stream.behind();
        if (received.isZero() && known.isAtLeast(slot.serverEnd())) {
            return Duration.ZERO;
        }
        Duration ours =
                stream == null ? Duration.ofNanos(System.nanoTime() - sinceNanos) : received;
        Duration trouble = troubles.of(store).map(RepositoryTrouble::age).orElse(Duration.ZERO);
        return ours.compareTo(trouble) < 0 ? trouble : ours;
    }

    private void run() {
        try {
            while (!isOver()) {
                try {
                    archive();
                } catch (WalConflictException e) {
                    conflictMet = true;
                    trouble(e);
                    new Obstacle(store, e.object(), Obstacle.EVERY).awaitGone(over);
                } catch (RuntimeException e) {
                    trouble(e);
                }
                if (over.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                    return;
                }
                Duration longer = pause.multipliedBy(2);
                pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOver() {
        return over.getCount() == 0;
    }

    /// A server that is lost is no repository's trouble; whoever has the slot sees it too.
    private void trouble(RuntimeException e) {
        if (isOver()) {
            LOG.debug("the archive in {} has ended: {}", store, e.getMessage());
            return;
        }
        if (e instanceof WireException) {
            try {
                Lsn _ = slot.keep();
            } catch (WireException lost) {
                LOG.debug("the server is gone: {}", lost.getMessage());
                return;
            }
        }
        if (troubles.failed(store, e)) {
            LOG.warn("WAL is not archived in {} at the moment: {}", store, BackupException.said(e));
        }
    }

    /// Until it is over, or something fails.
    private void archive() {
        try (ReplicationConnection replication = ReplicationConnection.open(server)) {
            connection = replication;
            SystemIdentity identity = replication.identifySystem();
            ArchiveTarget target = ArchiveTarget.look(store, identity.systemId(), memory);
            if (isOver()) {
                return;
            }
            int segmentBytes = replication.walSegmentBytes();
            TimelineHistory line = histories(replication, target, identity.timeline());
            Lsn kept = slot.keep();
            WalIndex index = WalIndex.readEnd(store, identity.systemId(), line, kept, segmentBytes);
            ArchivePoint point = beginning(index, identity, line, kept);
            if (point.position().isAtLeast(identity.position())) {
                troubles.isWell(store);
            }
            Optional<ArchivePoint> next = Optional.of(point);
            while (next.isPresent() && !isOver()) {
                next = follow(replication, target, index, segmentBytes, next.get());
            }
        }
    }

    /// Puts the history of every number up to the server's own that is not there: who recovers to
    /// the newest timeline looks for one after the other, and stops where there is none.
    ///
    /// @return the line that leads to the server's timeline
    private TimelineHistory histories(
            ReplicationConnection replication, ArchiveTarget target, TimelineId newest) {
        var putter =
                new WalPutter(
                        target.store(),
                        target.system(),
                        directory.resolve("packed"),
                        settings.level());
        for (TimelineId timeline = TimelineId.FIRST.next();
                timeline.compareTo(newest) <= 0;
                timeline = timeline.next()) {
            history(replication, timeline)
                    .filter(file -> !target.holds(file.history()))
                    .ifPresent(putter::history);
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

    private ArchivePoint beginning(
            WalIndex index, SystemIdentity identity, TimelineHistory line, Lsn kept) {
        ArchivePoint point = ArchivePoint.next(index, line, kept);
        if (point.timeline().equals(identity.timeline())
                && point.position().compareTo(identity.position()) > 0) {
            throw new BackupException(
                    "%s holds WAL of timeline %s up to %s, but the server has written only up to %s"
                            .formatted(
                                    store, point.timeline(), point.position(), identity.position()),
                    "this server has lost WAL that it had sent; restore it from the repository,"
                            + " or archive it to another one",
                    null);
        }
        return point;
    }

    /// Archives one timeline.
    ///
    /// @return where to go on; empty when it was ended
    private Optional<ArchivePoint> follow(
            ReplicationConnection replication,
            ArchiveTarget target,
            WalIndex index,
            int segmentBytes,
            ArchivePoint point) {
        TimelineId newest = replication.identifySystem().timeline();
        Optional<Lsn> left = replication.timelineHistory(newest).history().endOf(point.timeline());
        Lsn begin = begin(index, segmentBytes, point);
        try (ArchiveStream stream =
                new ArchiveStream(
                        settings,
                        directory,
                        segmentBytes,
                        point,
                        begin,
                        left,
                        target,
                        index,
                        troubles)) {
            current = stream;
            if (isOver()) {
                return Optional.empty();
            }
            LOG.info(
                    "WAL is archived in {} from {} on timeline {}",
                    store,
                    point.position(),
                    point.timeline());
            try {
                Optional<ArchivePoint> next =
                        stream.run(replication).map(at -> new ArchivePoint(at.next(), at.at()));
                if (next.isPresent()) {
                    TimelineId now = replication.identifySystem().timeline();
                    TimelineHistory _ = histories(replication, target, now);
                }
                return next;
            } finally {
                Lsn archived = stream.archived();
                if (archived.compareTo(point.position()) > 0) {
                    pause = FIRST_PAUSE;
                }
                sinceNanos = System.nanoTime() - stream.behind().toNanos();
                reached = archived;
                current = null;
            }
        } catch (PostgresServerException e) {
            Lsn start = point.segment(segmentBytes).start();
            if (e.sqlState().equals(UNDEFINED_FILE) && begin.compareTo(start) < 0) {
                requireComparable(point);
                serverBegins = start;
                return Optional.of(point);
            }
            return Optional.of(behindTheGap(replication, segmentBytes, point, e));
        }
    }

    /// Where one conflict was found, what lies before it may be of the other line as well: it does
    /// not pass unseen.
    private void requireComparable(ArchivePoint point) {
        if (conflictMet) {
            throw new BackupException(
                    "%s had other WAL than this server's, and what it has before %s on timeline %s cannot be compared: the server no longer has that"
                            .formatted(store, point.position(), point.timeline()),
                    "restore the server from this repository, or archive it to another one",
                    null);
        }
    }

    /// From where on the server is to send, so that what comes can be compared with what is there:
    /// the start of the point's segment. Where the point is one itself, that of the segment before,
    /// if the repository has that one, and the server.
    private Lsn begin(WalIndex index, int segmentBytes, ArchivePoint point) {
        Lsn start = point.segment(segmentBytes).start();
        if (!start.equals(point.position()) || start.equals(Lsn.ZERO)) {
            return start;
        }
        Lsn before = new Lsn(start.value() - segmentBytes);
        boolean stored = index.of(point.timeline()).reach(before).isAtLeast(start);
        return stored && before.isAtLeast(serverBegins) ? before : start;
    }

    /// Where to go on when the server does not have what comes next: a gap that stays, and shows,
    /// unless somebody else fills it.
    private ArchivePoint behindTheGap(
            ReplicationConnection replication,
            int segmentBytes,
            ArchivePoint point,
            PostgresServerException refusal) {
        Lsn start = WalSegment.at(point.timeline(), slot.keep(), segmentBytes).start();
        if (!refusal.sqlState().equals(UNDEFINED_FILE) || start.compareTo(point.position()) <= 0) {
            throw refusal;
        }
        LOG.error(
                "the server has no WAL from {} to {} any more: the archive in {} has a gap there\n"
                        + "HINT: take a backup now; older ones cannot be restored past the gap",
                point.position(),
                start,
                store);
        TimelineId timeline = replication.identifySystem().timeline();
        return ArchivePoint.at(replication.timelineHistory(timeline).history(), start);
    }

    /// Nothing more is begun; what is under way ends soon.
    void end() {
        over.countDown();
        ArchiveStream stream = current;
        if (stream != null) {
            stream.end();
        }
    }

    @Override
    public void close() {
        end();
        try {
            if (!thread.join(IN_ORDER)) {
                // It waits for the repository, and its own connection may break.
                thread.interrupt();
                if (!thread.join(INTERRUPTED)) {
                    LOG.warn("{} does not answer: others do not wait for it", store);
                    ReplicationConnection open = connection;
                    if (open != null) {
                        // the server has few of them
                        open.close();
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

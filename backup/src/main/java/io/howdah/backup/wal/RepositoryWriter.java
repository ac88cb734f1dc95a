package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings what was received into one repository: looks at what has come and at what is there, and
/// does the next thing, a whole segment where there is one, else a piece. A store that does not
/// answer is tried again for as long as it takes. For one timeline; `close` ends it.
final class RepositoryWriter implements AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final Duration IDLE = Duration.ofMinutes(1);

    /// How long what was seen of the repository's owner is gone by.
    private static final Duration CLAIM = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(RepositoryWriter.class);

    private final ArchiveTarget target;
    private final WalPutter putter;
    private final ReceivedWal received;
    private final TimelineId timeline;
    private final List<WalRange> stored;
    private final int segmentBytes;
    private final Duration flush;
    private final RepositoryTroubles troubles;
    private final Runnable progress;
    private final Thread thread;

    /// When what is not in the repository yet began to come; only where something is missing.
    private volatile long behindSinceNanos = System.nanoTime();

    /// What it has before its end was compared with what the server sends.
    private volatile boolean compared;

    private volatile Lsn position;
    private volatile @Nullable RuntimeException failure;
    private long claimedNanos = System.nanoTime();

    /// @param target the repository, which was just claimed
    /// @param position up to where the repository has it
    /// @param stored some of what it has before that, which comes again: nothing is put before it
    ///   was compared
    /// @param flush how long what has come may wait for more
    /// @param troubles hears whether the store takes what comes
    /// @param progress is called whenever more is in the repository, or nothing more can come there
    RepositoryWriter(
            ArchiveTarget target,
            WalPutter putter,
            ReceivedWal received,
            TimelineId timeline,
            Lsn position,
            List<WalRange> stored,
            int segmentBytes,
            Duration flush,
            RepositoryTroubles troubles,
            Runnable progress) {
        this.target = target;
        this.putter = putter;
        this.received = received;
        this.timeline = timeline;
        this.position = position;
        this.stored = List.copyOf(stored);
        this.segmentBytes = segmentBytes;
        this.flush = flush;
        this.troubles = troubles;
        this.progress = progress;
        this.thread = Thread.ofPlatform().daemon().name("wal-writer").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /// Up to where the repository has it all. What is to be compared still counts as missing: the
    /// server has to keep it.
    Lsn position() {
        return compared || stored.isEmpty() ? position : stored.getFirst().start();
    }

    /// Why nothing more comes into the repository; empty while it does.
    Optional<RuntimeException> failure() {
        return Optional.ofNullable(failure);
    }

    /// For how long the oldest WAL that is not in the repository has been here.
    Duration behind() {
        return isBehind() ? Duration.ofNanos(System.nanoTime() - behindSinceNanos) : Duration.ZERO;
    }

    private boolean isBehind() {
        return received.received().compareTo(position) > 0;
    }

    private void run() {
        try {
            for (WalRange range : stored) {
                compare(range);
            }
            compared = true;
            progress.run();
            while (!Thread.currentThread().isInterrupted()) {
                step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the archive of WAL does not go on: {}", BackupException.said(e));
            failure = e;
            progress.run();
        }
    }

    /// A server that has lost WAL which it had sent, and has written other WAL since, is another
    /// one from there on.
    private void compare(WalRange range) throws InterruptedException {
        while (!received.awaitAll(range.end(), IDLE).isAtLeast(range.end())) {
            if (received.isEnded()) {
                return;
            }
        }
        WalSegment segment = WalSegment.at(timeline, range.start(), segmentBytes);
        patiently(range.start(), () -> putter.requireSame(segment, range, received.path(segment)));
    }

    private void step() throws InterruptedException {
        if (!isBehind()) {
            Lsn _ = received.awaitMoreThan(position, IDLE);
            behindSinceNanos = System.nanoTime();
        }
        if (!isBehind()) {
            return;
        }
        WalSegment segment = WalSegment.at(timeline, position, segmentBytes);
        Lsn come = received.awaitAll(segment.end(), flush);
        long cutNanos = System.nanoTime();
        Lsn end = Lsn.min(come, segment.end());
        WalRange range = new WalRange(position, end);
        patiently(range.start(), () -> put(segment, range));
        behindSinceNanos = cutNanos;
        position = end;
        progress.run();
    }

    private void patiently(Lsn at, Runnable work) throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        while (true) {
            try {
                claim();
                work.run();
                troubles.isWell(target.store());
                return;
            } catch (StoreUnavailableException e) {
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                boolean _ = troubles.failed(target.store(), e);
                LOG.warn("WAL waits at {}: {}", at, e.getMessage());
            }
            // Several archives that wait for one store must not come back together.
            Thread.sleep(
                    pause.toMillis() / 2 + RandomGenerator.getDefault().nextLong(pause.toMillis()));
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
        }
    }

    private void claim() {
        long now = System.nanoTime();
        if (now - claimedNanos >= CLAIM.toNanos()) {
            target.claim();
            claimedNanos = now;
        }
    }

    private void put(WalSegment segment, WalRange range) {
        if (range.end().equals(segment.end())) {
            putter.segment(segment, received.path(segment));
        } else {
            putter.piece(segment, range, received.path(segment));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

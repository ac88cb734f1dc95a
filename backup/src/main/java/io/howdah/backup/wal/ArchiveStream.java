package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.TimelineSwitch;
import io.howdah.postgres.wire.WalStream;
import io.howdah.postgres.wire.WalStreamRequest;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One timeline on its way into all repositories: what is received, a writer for each, and what is
/// told to the server. Thread-safe; `run` is called once, and `close` after it.
final class ArchiveStream implements AutoCloseable {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveStream.class);

    /// How often the server hears of us at least.
    private static final Duration REPORT = Duration.ofSeconds(1);

    private final ArchivePoint point;
    private final ReceivedWal received;
    private final WalStreamRequest request;
    private final ArchiveSlot slot;
    private final List<RepositoryWriter> writers = new ArrayList<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private @Nullable WalStream stream; // guarded by this
    private boolean ended; // guarded by this

    /// @param point where a repository goes on first
    ArchiveStream(
            WalArchiveSettings settings,
            int segmentBytes,
            ArchivePoint point,
            List<ArchiveTarget> targets) {
        this.point = point;
        Lsn start = WalSegment.at(point.timeline(), point.position(), segmentBytes).start();
        Path directory = settings.directory();
        slot = new ArchiveSlot(settings.slot());
        received = new ReceivedWal(directory, point.timeline(), start, segmentBytes);
        request = new WalStreamRequest(null, point.timeline(), start, SILENCE);
        for (ArchiveTarget target : targets) {
            Path packed = directory.resolve("packed-" + writers.size());
            Lsn there = target.index().of(point.timeline()).reach(start);
            writers.add(
                    new RepositoryWriter(
                            target,
                            new WalPutter(
                                    target.store(), target.system(), packed, settings.level()),
                            received,
                            point.timeline(),
                            there,
                            segmentBytes,
                            settings.flush(),
                            this::progress));
        }
    }

    /// Streams to the end of the timeline, and until all of it is in every repository.
    ///
    /// @return where the timeline is left; empty when it was ended before
    ///
    /// @param session for the slot; used by nobody else meanwhile
    Optional<TimelineSwitch> run(ReplicationConnection replication, PostgresConnection session) {
        WalStream running = replication.walStream(request);
        synchronized (this) {
            stream = running;
            if (ended) {
                return Optional.empty();
            }
        }
        writers.forEach(RepositoryWriter::start);
        Thread reports = Thread.ofVirtual().name("wal-reports").start(() -> report(session));
        try {
            Optional<TimelineSwitch> left = running.run(received);
            left.ifPresent(at -> drain(at.at()));
            writers.forEach(writer -> writer.failure().ifPresent(ArchiveStream::rethrow));
            return left;
        } catch (RuntimeException e) {
            // The stream was ended because of it.
            writers.forEach(writer -> writer.failure().ifPresent(ArchiveStream::rethrow));
            throw e;
        } finally {
            finish(reports);
        }
    }

    /// Not interrupted: that would break the session it may be using.
    private void finish(Thread reports) {
        over.countDown();
        try {
            reports.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(RuntimeException failure) {
        throw failure;
    }

    private synchronized void drain(Lsn to) {
        received.end();
        try {
            while (!ended && !archived().isAtLeast(to)) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            ended = true;
        }
    }

    /// Tells the server that we are there, and its slot what is in every repository. What is
    /// received counts as all that the stream has to do: a server that stops waits for no
    /// repository.
    private void report(PostgresConnection session) {
        try {
            Lsn told = slot.keep(session);
            while (!over.await(REPORT.toMillis(), TimeUnit.MILLISECONDS)) {
                WalStream running = stream();
                if (running != null) {
                    running.report(Lsn.ZERO);
                }
                Lsn archived = archived();
                if (archived.compareTo(told) > 0) {
                    slot.advance(session, archived);
                    told = archived;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (WireException e) {
            // The server is gone, or the slot: whoever runs the stream looks again.
            LOG.debug("the slot stays where it is: {}", e.getMessage());
            end();
        }
    }

    private synchronized @Nullable WalStream stream() {
        return stream;
    }

    /// Something has come into a repository, or nothing more can.
    private void progress() {
        received.release(archived());
        if (writers.stream().anyMatch(writer -> writer.failure().isPresent())) {
            end();
        }
        synchronized (this) {
            notifyAll();
        }
    }

    /// Up to where every repository has it.
    private Lsn archived() {
        return writers.stream()
                .map(RepositoryWriter::position)
                .min(Comparator.naturalOrder())
                .orElseThrow();
    }

    WalArchiveStatus status() {
        Duration behind =
                writers.stream()
                        .map(RepositoryWriter::behind)
                        .max(Comparator.naturalOrder())
                        .orElseThrow();
        return new WalArchiveStatus(point.timeline(), archived(), received.serverEnd(), behind);
    }

    /// Receives no more; `run` returns soon, or fails.
    void end() {
        WalStream running;
        synchronized (this) {
            ended = true;
            running = stream;
            notifyAll();
        }
        received.close();
        if (running != null) {
            running.end();
        }
    }

    @Override
    public void close() {
        end();
        writers.forEach(RepositoryWriter::close);
    }
}

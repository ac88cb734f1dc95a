package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.TimelineSwitch;
import io.howdah.postgres.wire.WalStream;
import io.howdah.postgres.wire.WalStreamRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One timeline on its way into one repository: what is received, and who puts it there.
/// Thread-safe; `run` is called once, and `close` after it.
final class ArchiveStream implements AutoCloseable {

    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final TimelineId timeline;
    private final ReceivedWal received;
    private final WalStreamRequest request;
    private final RepositoryWriter writer;
    private @Nullable WalStream stream; // guarded by this
    private boolean ended; // guarded by this

    /// @param directory for what is received: this stream's alone
    /// @param point where the repository goes on
    /// @param begin the start of a segment from which the server sends: before that point, so that
    ///   what the repository has from there on is compared first
    /// @param left where the timeline is left: what the repository has beyond is not of this line
    /// @param index what the repository had when it was looked at
    /// @param troubles hears whether the repository takes what comes
    ArchiveStream(
            WalArchiveSettings settings,
            Path directory,
            int segmentBytes,
            ArchivePoint point,
            Lsn begin,
            Optional<Lsn> left,
            ArchiveTarget target,
            WalIndex index,
            RepositoryTroubles troubles) {
        timeline = point.timeline();
        Lsn start = WalSegment.at(timeline, point.position(), segmentBytes).start();
        Lsn there = index.of(timeline).reach(start);
        Lsn position = left.map(end -> Lsn.min(there, end)).orElse(there);
        received = new ReceivedWal(directory, timeline, begin, segmentBytes);
        request = new WalStreamRequest(null, timeline, begin, SILENCE);
        writer =
                new RepositoryWriter(
                        target,
                        new WalPutter(
                                target.store(),
                                target.system(),
                                directory.resolve("packed"),
                                settings.level()),
                        received,
                        timeline,
                        position,
                        index.of(timeline)
                                .within(WalSegment.at(timeline, begin, segmentBytes), position),
                        segmentBytes,
                        settings.flush(),
                        troubles,
                        this::progress);
    }

    /// Streams to the end of the timeline, and until all of it is in the repository.
    ///
    /// @return where the timeline is left; empty when it was ended before
    Optional<TimelineSwitch> run(ReplicationConnection replication) {
        WalStream running = replication.walStream(request);
        synchronized (this) {
            stream = running;
            if (ended) {
                return Optional.empty();
            }
        }
        writer.start();
        try {
            Optional<TimelineSwitch> left = running.run(received);
            left.ifPresent(at -> drain(at.at()));
            writer.failure().ifPresent(ArchiveStream::rethrow);
            return left;
        } catch (RuntimeException e) {
            // The stream was ended because of it.
            writer.failure().ifPresent(ArchiveStream::rethrow);
            throw e;
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

    /// Tells the server that we are there. What is received counts as all that the stream has to
    /// do: a server that stops waits for no repository.
    void report() {
        WalStream running;
        synchronized (this) {
            running = stream;
        }
        if (running != null) {
            running.report(Lsn.ZERO);
        }
    }

    /// Something has come into the repository, or nothing more can.
    private void progress() {
        received.release(archived());
        if (writer.failure().isPresent()) {
            end();
        }
        synchronized (this) {
            notifyAll();
        }
    }

    TimelineId timeline() {
        return timeline;
    }

    /// Up to where the repository has it.
    Lsn archived() {
        return writer.position();
    }

    /// For how long the oldest WAL that is not in the repository has been here.
    Duration behind() {
        return writer.behind();
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
        writer.close();
    }
}

package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.WalSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// WAL that has come and is not yet in its repository: files of whole segments on the local disk,
/// at most some of them. They are a buffer and nothing else: what is lost here the server still
/// has, as its slot moves only with what is in all repositories. Thread-safe.
final class ReceivedWal implements WalSink, AutoCloseable {

    /// How many segments may wait before nothing more is received.
    private static final int MOST_SEGMENTS = 8;

    private final Path directory;
    private final int segmentBytes;

    private final TimelineId timeline;

    // guarded by this
    private Lsn received;
    private Lsn kept;
    private @Nullable FileChannel file;
    private boolean ended;
    private boolean closed;

    /// @param directory of this process alone; made, or emptied
    /// @param start where WAL begins to come: the start of a segment
    ReceivedWal(Path directory, TimelineId timeline, Lsn start, int segmentBytes) {
        this.directory = directory;
        this.timeline = timeline;
        this.segmentBytes = segmentBytes;
        this.received = start;
        this.kept = start;
        try {
            Files.createDirectories(directory);
            try (DirectoryStream<Path> old = Files.newDirectoryStream(directory)) {
                for (Path path : old) {
                    Files.delete(path);
                }
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public synchronized void wal(Lsn start, ByteBuffer bytes) {
        while (bytes.hasRemaining()) {
            WalSegment segment = WalSegment.at(timeline, received, segmentBytes);
            awaitRoom(segment);
            int most = (int) Math.min(bytes.remaining(), segment.end().bytesSince(received));
            write(segment, bytes.slice(bytes.position(), most));
            bytes.position(bytes.position() + most);
            received = new Lsn(received.value() + most);
        }
        notifyAll();
    }

    private void awaitRoom(WalSegment segment) {
        try {
            while (!closed
                    && segment.start().bytesSince(kept) >= (long) MOST_SEGMENTS * segmentBytes) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            closed = true;
        }
        if (closed) {
            throw new BackupException("the archive of WAL was closed", "start it again");
        }
    }

    private void write(WalSegment segment, ByteBuffer bytes) {
        try {
            if (received.equals(segment.start())) {
                closeFile();
                file =
                        FileChannel.open(
                                path(segment),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE);
            }
            FileChannel open = file;
            while (open != null && bytes.hasRemaining()) {
                open.write(bytes);
            }
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }

    @Override
    public void serverIsAt(Lsn end, Instant clock) {
        // Asked for by whoever keeps the slot.
    }

    /// Up to where WAL has come.
    synchronized Lsn received() {
        return received;
    }

    /// Waits until more has come than up to `known`, or the time is over.
    ///
    /// @return up to where WAL has come
    /// @throws InterruptedException also when it is closed
    synchronized Lsn awaitMoreThan(Lsn known, Duration limit) throws InterruptedException {
        return await(() -> received.compareTo(known) > 0, limit);
    }

    /// Waits until all up to `position` has come, nothing more comes, or the time is over.
    ///
    /// @return up to where WAL has come
    /// @throws InterruptedException also when it is closed
    synchronized Lsn awaitAll(Lsn position, Duration limit) throws InterruptedException {
        return await(() -> ended || received.isAtLeast(position), limit);
    }

    private synchronized Lsn await(BooleanSupplier condition, Duration limit)
            throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        long left = limit.toMillis();
        while (!closed && !condition.getAsBoolean() && left > 0) {
            wait(left);
            left = (deadline - System.nanoTime()) / 1_000_000;
        }
        if (closed) {
            throw new InterruptedException("closed");
        }
        return received;
    }

    /// Nothing more comes on this timeline.
    synchronized void end() {
        ended = true;
        notifyAll();
    }

    synchronized boolean isEnded() {
        return ended;
    }

    /// Where a segment lies.
    Path path(WalSegment segment) {
        return directory.resolve(segment.name());
    }

    /// Nobody needs what lies before `position` any more.
    synchronized void release(Lsn position) {
        WalSegment segment = WalSegment.at(timeline, kept, segmentBytes);
        while (position.isAtLeast(segment.end())) {
            try {
                Files.deleteIfExists(path(segment));
            } catch (IOException e) {
                throw cannotWrite(e);
            }
            segment = segment.plus(1);
        }
        kept = segment.start();
        notifyAll();
    }

    private void closeFile() throws IOException {
        FileChannel open = file;
        file = null;
        if (open != null) {
            open.close();
        }
    }

    private UncheckedIOException cannotWrite(IOException e) {
        return new UncheckedIOException("cannot buffer WAL in " + directory, e);
    }

    /// Whoever waits gives up.
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
        try {
            closeFile();
        } catch (IOException e) {
            throw cannotWrite(e);
        }
    }
}

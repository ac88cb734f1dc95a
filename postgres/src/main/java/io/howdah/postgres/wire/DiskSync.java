package io.howdah.postgres.wire;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Flushes finished files to disk while more are being written, several at a time, because a file
/// system serves many flushes with one commit of its journal.
final class DiskSync implements AutoCloseable {

    private static final int THREADS = 8;

    /// Each waiting file is open.
    private static final int MOST_WAITING = 128;

    private final ExecutorService threads =
            Executors.newFixedThreadPool(
                    THREADS, Thread.ofPlatform().daemon().name("howdah-disk-sync-", 0).factory());
    private final Semaphore waiting = new Semaphore(MOST_WAITING);
    private final AtomicReference<@Nullable IOException> failure = new AtomicReference<>();

    /// Flushes a file and closes it, some time before `await` returns.
    void flushAndClose(FileChannel file) {
        waiting.acquireUninterruptibly();
        threads.execute(() -> {
            try (file) {
                file.force(true);
            } catch (IOException e) {
                failure.compareAndSet(null, e);
            } finally {
                waiting.release();
            }
        });
    }

    /// Waits until all files are flushed.
    ///
    /// @throws IOException when one of them could not be
    void await() throws IOException {
        waiting.acquireUninterruptibly(MOST_WAITING);
        waiting.release(MOST_WAITING);
        IOException first = failure.get();
        if (first != null) {
            throw first;
        }
    }

    /// Flushes a directory: the names in it.
    static void flushDirectory(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    @Override
    public void close() {
        threads.close();
    }
}

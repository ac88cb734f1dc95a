package io.howdah.backup.crew;

import io.howdah.backup.BackupException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Supplier;

/// A fixed number of threads, each of which works with a tool that is nobody else's meanwhile. To
/// be closed: what is not begun by then is never done.
///
/// @param <T> the tool
public final class Crew<T extends AutoCloseable> implements AutoCloseable {

    private final ExecutorService threads;
    private final BlockingQueue<T> idle;
    private final List<T> tools = new ArrayList<>();

    /// @param name begins the threads' names
    /// @param size how many there are, 1 or more
    /// @param tool makes a tool; called that often
    public Crew(String name, int size, Supplier<T> tool) {
        threads =
                Executors.newFixedThreadPool(
                        size, Thread.ofPlatform().daemon().name(name + "-", 1).factory());
        idle = new ArrayBlockingQueue<>(size);
        for (int i = 0; i < size; i++) {
            tools.add(tool.get());
        }
        idle.addAll(tools);
    }

    /// Has a piece of work done, some time.
    public <R> Future<R> submit(Function<T, R> work) {
        return threads.submit(() -> {
            T tool = idle.take();
            try {
                return work.apply(tool);
            } finally {
                idle.add(tool);
            }
        });
    }

    /// What came of a piece of work; what went wrong in its thread goes wrong here.
    ///
    /// @throws BackupException when this thread is interrupted
    public static <R> R await(Future<R> result) {
        try {
            return result.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BackupException("it was interrupted", "run it again", e);
        }
    }

    /// Returns when no thread works any more.
    @Override
    public void close() {
        threads.shutdownNow();
        threads.close();
        for (T tool : tools) {
            try {
                tool.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}

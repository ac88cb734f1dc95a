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
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A fixed number of threads, each of which works with a tool that is nobody else's meanwhile. To
/// be closed: what is not begun by then is never done.
///
/// @param <T> the tool
public final class Crew<T extends AutoCloseable> implements AutoCloseable {

    /// @param place where it is done; null where that does not matter
    private record Work(@Nullable Object place, FutureTask<?> task) {}

    private final ExecutorService threads;
    private final BlockingQueue<T> idle;
    private final List<T> tools = new ArrayList<>();
    private final List<Work> waiting = new ArrayList<>(); // guarded by itself
    private final List<Object> busy = new ArrayList<>(); // guarded by waiting

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
        return begin(null, work);
    }

    /// The same at a place where others would stand in its way: while somebody works there, what is
    /// to be done elsewhere goes before it.
    ///
    /// @param place as a file that is written
    public <R> Future<R> submitAt(Object place, Function<T, R> work) {
        return begin(place, work);
    }

    private <R> Future<R> begin(@Nullable Object place, Function<T, R> work) {
        var task = new FutureTask<>(() -> with(work));
        synchronized (waiting) {
            waiting.add(new Work(place, task));
        }
        threads.execute(this::next);
        return task;
    }

    private <R> R with(Function<T, R> work) throws InterruptedException {
        T tool = idle.take();
        try {
            return work.apply(tool);
        } finally {
            idle.add(tool);
        }
    }

    private void next() {
        Work work = take();
        try {
            work.task.run();
        } finally {
            synchronized (waiting) {
                busy.remove(work.place);
            }
        }
    }

    private Work take() {
        synchronized (waiting) {
            Work chosen =
                    waiting.stream()
                            .filter(each -> !busy.contains(each.place))
                            .findFirst()
                            .orElse(waiting.getFirst());
            waiting.remove(chosen);
            if (chosen.place != null) {
                busy.add(chosen.place);
            }
            return chosen;
        }
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

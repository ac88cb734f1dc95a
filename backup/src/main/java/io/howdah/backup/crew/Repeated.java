package io.howdah.backup.crew;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Something that is done at once, and then again and again, beside something else, on a thread of
/// its own. `start` is called once; to be closed.
public final class Repeated implements AutoCloseable {

    private final Duration pause;
    private final Runnable work;
    private final Thread thread;
    private final CountDownLatch over = new CountDownLatch(1);

    /// @param name the thread's
    /// @param pause between two times
    /// @param work takes care of its own trouble: what it throws ends it
    public Repeated(String name, Duration pause, Runnable work) {
        this.pause = pause;
        this.work = work;
        this.thread = Thread.ofVirtual().name(name).unstarted(this::run);
    }

    /// Begins.
    public void start() {
        thread.start();
    }

    private void run() {
        try {
            do {
                work.run();
            } while (!over.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Returns when it is not done any more. It is not interrupted: that would break what it may be
    /// writing.
    @Override
    public void close() {
        over.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}

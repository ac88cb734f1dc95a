package io.howdah.cli.screen;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A line on a terminal that says what is being waited for and since when; nothing elsewhere. Close
/// it to take it away.
public final class Progress implements AutoCloseable {

    private static final long PERIOD_MILLIS = 200;

    private final Screen screen;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile Supplier<String> what;

    private Progress(Screen screen, String what) {
        this.screen = screen;
        this.what = () -> what;
    }

    /// Shows it from now on.
    ///
    /// @param what such as `starting n1`
    public static Progress start(Screen screen, String what) {
        var progress = new Progress(screen, what);
        if (screen.isTerminal()) {
            Thread.ofVirtual().name("progress").start(progress::show);
        }
        return progress;
    }

    /// Says something else from now on.
    public void now(String newWhat) {
        this.what = () -> newWhat;
    }

    /// Says something else from now on, which is put into words only when it is shown.
    public void now(Supplier<String> newWhat) {
        this.what = newWhat;
    }

    /// Says something that stays.
    public void say(String line) {
        synchronized (screen) {
            screen.print(List.of(line));
        }
    }

    private void show() {
        long startNanos = System.nanoTime();
        try {
            while (!over.await(PERIOD_MILLIS, TimeUnit.MILLISECONDS)) {
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
                synchronized (screen) {
                    if (over.getCount() > 0) {
                        screen.picture(
                                List.of(what.get() + (seconds == 0 ? "" : ", " + seconds + " s")));
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (screen) {
            over.countDown();
            screen.print(List.of());
        }
    }
}

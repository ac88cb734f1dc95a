package io.howdah.postgres.wire;

import java.io.IOException;
import java.nio.channels.Channel;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Closes a channel when a call on it takes too long, which ends whatever the caller is blocked in.
/// One daemon thread watches over all calls of the program.
final class Deadline implements AutoCloseable {

    private static final ScheduledThreadPoolExecutor WATCH = startWatch();

    private final Channel channel;
    private final long limitNanos;
    private volatile long renewedNanos = System.nanoTime();
    private volatile boolean exceeded;
    private volatile boolean over;
    private volatile @Nullable ScheduledFuture<?> alarm;

    private Deadline(Channel channel, Duration limit) {
        this.channel = channel;
        this.limitNanos = nanos(limit);
    }

    static Deadline start(Channel channel, Duration limit) {
        Deadline deadline = new Deadline(channel, limit);
        deadline.schedule(deadline.limitNanos);
        return deadline;
    }

    /// The time counts anew from now. Costs nothing worth mention.
    void renew() {
        renewedNanos = System.nanoTime();
    }

    /// Whether the time ran out and the channel was closed for it.
    boolean exceeded() {
        return exceeded;
    }

    @Override
    public void close() {
        over = true;
        ScheduledFuture<?> pending = alarm;
        if (pending != null) {
            pending.cancel(false);
        }
    }

    /// The duration in nanoseconds, or centuries where it does not fit.
    static long nanos(Duration limit) {
        try {
            return limit.toNanos();
        } catch (ArithmeticException tooLong) {
            return Long.MAX_VALUE / 2;
        }
    }

    /// What is left of a time that began at `startNanos`; always positive.
    static Duration left(Duration limit, long startNanos) {
        Duration left = limit.minusNanos(System.nanoTime() - startNanos);
        return left.isPositive() ? left : Duration.ofNanos(1);
    }

    private void schedule(long delayNanos) {
        alarm = WATCH.schedule(this::check, delayNanos, TimeUnit.NANOSECONDS);
    }

    private void check() {
        long leftNanos = limitNanos - (System.nanoTime() - renewedNanos);
        if (over) {
            return;
        }
        if (leftNanos > 0) {
            schedule(leftNanos);
            return;
        }
        exceeded = true;
        try {
            channel.close();
        } catch (IOException e) {
            // It is closed to us all the same, and the caller gets the deadline as the reason.
        }
    }

    private static ScheduledThreadPoolExecutor startWatch() {
        ScheduledThreadPoolExecutor watch =
                new ScheduledThreadPoolExecutor(
                        1, Thread.ofPlatform().daemon().name("howdah-wire-deadlines").factory());
        watch.setRemoveOnCancelPolicy(true);
        return watch;
    }
}

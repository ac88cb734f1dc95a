package io.howdah.proxy.session;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/// An event loop without a thread: its tasks run when a test says so, and its time passes when a
/// test says so. What a task throws comes out there.
final class ManualLoop extends AbstractScheduledEventExecutor implements EventLoop {

    private static final int TASKS_MAXIMUM = 100_000;

    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private final MockTicker time = Ticker.newMockTicker();

    /// Runs one task that waits.
    ///
    /// @return whether there was one
    boolean runOne() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    /// Runs all tasks, and those that they leave behind.
    void runAll() {
        for (int i = 0; runOne(); i++) {
            if (i > TASKS_MAXIMUM) {
                throw new AssertionError("tasks without end");
            }
        }
    }

    /// Lets time pass, and what was due then happen.
    void pass(Duration passing) {
        time.advance(passing.toNanos(), TimeUnit.NANOSECONDS);
        for (Runnable due = pollScheduledTask(); due != null; due = pollScheduledTask()) {
            due.run();
        }
    }

    @Override
    public Ticker ticker() {
        return time;
    }

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /// What a repeated task throws would end it in silence.
    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(
            Runnable task, long initialDelay, long period, TimeUnit unit) {
        return super.scheduleAtFixedRate(
                () -> {
                    try {
                        task.run();
                    } catch (RuntimeException e) {
                        execute(() -> {
                            throw e;
                        });
                    }
                },
                initialDelay,
                period,
                unit);
    }

    @Override
    public EventLoopGroup parent() {
        return this;
    }

    @Override
    public EventLoop next() {
        return this;
    }

    @Override
    public boolean inEventLoop(Thread thread) {
        return true;
    }

    @Override
    public ChannelFuture register(Channel channel) {
        return register(new DefaultChannelPromise(channel, this));
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
        promise.channel().unsafe().register(this, promise);
        return promise;
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
        channel.unsafe().register(this, promise);
        return promise;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
        return newSucceededFuture(null);
    }

    @Override
    public Future<?> terminationFuture() {
        return newSucceededFuture(null);
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShuttingDown() {
        return false;
    }

    @Override
    public boolean isShutdown() {
        return false;
    }

    @Override
    public boolean isTerminated() {
        return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
        return false;
    }
}

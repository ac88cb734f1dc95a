package io.howdah.cluster.simulation;

import io.howdah.cluster.lease.BootClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;

/// The operating system process of an agent, or of its dead man's switch: its threads run in
/// virtual time, can be stopped for a while, and can be killed anywhere. It is their clock, too.
final class AgentProcess implements BootClock, Executor {

    /// What is said of a thread that failed begins with this.
    static final String FAILED_THREAD = "the thread ";

    /// Ends the threads of a killed process. Not an exception, so that nothing of theirs catches
    /// it.
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    private static final class Waiter {
        private final Semaphore permits;
        private boolean timedOut;
        private boolean done;

        Waiter(Semaphore permits) {
            this.permits = permits;
        }
    }

    private final World world;
    private final Gate gate = new Gate();
    private final HostClock clock;
    private final Set<Waiter> waiters = new LinkedHashSet<>();
    private final List<CompletableFuture<?>> promised = new ArrayList<>();
    private final Map<Thread, Semaphore> threads = new HashMap<>();
    private final List<Runnable> onEnd = new ArrayList<>();
    private boolean dead;

    AgentProcess(World world, HostClock clock) {
        this.world = world;
        this.clock = clock;
    }

    Gate gate() {
        return gate;
    }

    boolean isAlive() {
        return !dead;
    }

    boolean isRunning() {
        return !dead && gate.isOpen();
    }

    @Override
    public void execute(Runnable step) {
        if (dead) {
            world.ready(step);
        } else {
            gate.run(() -> world.ready(step));
        }
    }

    /// Something happens to this process, unless it is killed before.
    void happens(Runnable action) {
        gate.run(() -> {
            if (!dead) {
                action.run();
            }
        });
    }

    void checkAlive() {
        if (dead) {
            throw new Killed();
        }
    }

    @Override
    public long nanos() {
        checkAlive();
        return clock.nanos();
    }

    @Override
    public long wallMillis() {
        return world.wallMillis();
    }

    @Override
    public void pause(Duration time) {
        var _ = await(new Semaphore(0), time);
    }

    /// An act of this process takes that long, by the world's clock.
    void takes(long nanos) {
        var _ = waits(new Semaphore(0), nanos);
    }

    @Override
    public boolean await(Semaphore permits, Duration bound) {
        // a little late, as all timers are
        return waits(permits, (long) (bound.toNanos() / clock.rate()) + World.MICRO);
    }

    private boolean waits(Semaphore permits, long nanos) {
        checkAlive();
        if (permits.tryAcquire()) {
            return true;
        }
        if (nanos <= 0) {
            return false;
        }
        Waiter waiter = new Waiter(permits);
        waiters.add(waiter);
        world.in(
                nanos,
                () ->
                        gate.run(() -> {
                            if (!waiter.done) {
                                waiter.timedOut = true;
                                permits.release();
                            }
                        }));
        permits.acquireUninterruptibly();
        waiter.done = true;
        waiters.remove(waiter);
        checkAlive();
        return !waiter.timedOut;
    }

    @Override
    public Thread thread(String name, boolean daemon, Runnable body) {
        Semaphore ended = new Semaphore(0);
        Thread thread =
                OwnThreads.unstarted(
                        this,
                        () -> {
                            try {
                                checkAlive();
                                body.run();
                            } catch (Killed end) {
                                return; // as it should
                            } catch (RuntimeException | Error e) {
                                world.broken(FAILED_THREAD + name + " ended with " + e);
                                if (world.isTraced()) {
                                    e.printStackTrace();
                                }
                            } finally {
                                ended.release();
                            }
                        });
        threads.put(thread, ended);
        return thread;
    }

    @Override
    public void join(Thread thread, Duration bound) {
        Semaphore ended = threads.get(thread);
        if (ended != null && await(ended, bound)) {
            ended.release();
        }
    }

    /// Others notice when it is killed.
    void onEnd(Runnable action) {
        onEnd.add(action);
    }

    /// A future that fails when this process is killed.
    <T> CompletableFuture<T> promise() {
        promised.removeIf(CompletableFuture::isDone);
        CompletableFuture<T> future = new CompletableFuture<>();
        promised.add(future);
        return future;
    }

    <T> void keep(CompletableFuture<T> future, T value) {
        happens(() -> {
            future.complete(value);
        });
    }

    void fail(CompletableFuture<?> future, RuntimeException failure) {
        happens(() -> {
            future.completeExceptionally(failure);
        });
    }

    void kill() {
        if (dead) {
            return;
        }
        dead = true;
        gate.end();
        List<Waiter> waiting = new ArrayList<>(waiters);
        waiting.forEach(waiter -> waiter.permits.release());
        List<CompletableFuture<?>> open = new ArrayList<>(promised);
        open.forEach(future -> future.completeExceptionally(new Killed()));
        onEnd.forEach(Runnable::run);
    }
}

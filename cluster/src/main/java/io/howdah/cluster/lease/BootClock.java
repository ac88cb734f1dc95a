package io.howdah.cluster.lease;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/// Time for the agent and its lease. `nanos` is what everything is reckoned by; waiting and making
/// threads go through here as well, so that a simulation can let virtual time decide when each
/// thread runs. Thread-safe.
@FunctionalInterface
public interface BootClock {

    /// The time now: nanoseconds since an arbitrary origin, rising, also while the machine is
    /// suspended.
    long nanos();

    /// The wall clock in milliseconds: for display, no rule reads it.
    default long wallMillis() {
        return System.currentTimeMillis();
    }

    /// Waits about that long; less when the thread is interrupted.
    default void pause(Duration time) {
        LockSupport.parkNanos(time.toNanos());
    }

    /// Takes a permit, waiting for one no longer than `bound`.
    ///
    /// @return whether one was there in time
    default boolean await(Semaphore permits, Duration bound) throws InterruptedException {
        return permits.tryAcquire(bound.toNanos(), TimeUnit.NANOSECONDS);
    }

    /// Waits for the end of a thread of this clock's, no longer than `bound`.
    default void join(Thread thread, Duration bound) throws InterruptedException {
        thread.join(bound.toMillis());
    }

    /// A thread that waits by this clock, not started yet.
    default Thread thread(String name, boolean daemon, Runnable body) {
        return Thread.ofPlatform().name(name).daemon(daemon).unstarted(body);
    }
}

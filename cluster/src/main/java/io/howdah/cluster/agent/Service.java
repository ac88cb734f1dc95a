package io.howdah.cluster.agent;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.LocalStatus;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.Supplier;

/// Whether a leader is worth its lease: it was seen to serve a while ago, or is busy with something
/// that is allowed to take long. One whose PostgreSQL, disk or loop hangs is not, and lets its
/// lease run out so that others may lead. Written by the loop, read by the lease's thread.
final class Service {

    /// Long enough for a machine under heavy load.
    private static final Duration BOUND = Duration.ofSeconds(10);

    /// What a long act may take: initdb, the crash recovery of a primary that nobody can replace, a
    /// checkpoint and a stop in order. Each has bounds of its own.
    private static final Duration LONG_ACT = Duration.ofMinutes(10);

    /// How long an act may not advance that gives up before by itself.
    private static final Duration STALL = Duration.ofSeconds(30);

    private static final int EXCUSED_STARTS = 2;

    private final BootClock clock;
    private volatile long servedAtNanos;
    private volatile long excusedUntilNanos;
    private int failedStarts;

    Service(BootClock clock) {
        this.clock = clock;
    }

    /// Takes in what was seen.
    void seen(LocalStatus status) {
        if (status instanceof LocalStatus.Primary || status instanceof LocalStatus.Standby) {
            servedAtNanos = clock.nanos();
        }
    }

    /// Whether to renew.
    boolean isWorthItsLease() {
        long now = clock.nanos();
        return now - servedAtNanos < BOUND.toNanos() || now < excusedUntilNanos;
    }

    /// Runs an act that may take long.
    void excused(Runnable act) {
        excused(() -> {
            act.run();
            return true;
        });
    }

    /// Runs an act that may take long.
    ///
    /// @return what it returns
    <T> T excused(Supplier<T> act) {
        excusedUntilNanos = clock.nanos() + LONG_ACT.toNanos();
        try {
            return act.get();
        } finally {
            excusedUntilNanos = 0;
            servedAtNanos = clock.nanos();
        }
    }

    /// Runs an act that may take any time, as long as it says again and again that it has advanced.
    ///
    /// @param act is given what to call then
    /// @return what it returns
    <T> T excusedWhileItAdvances(Function<Runnable, T> act) {
        Runnable advanced = () -> excusedUntilNanos = clock.nanos() + STALL.toNanos();
        advanced.run();
        try {
            return act.apply(advanced);
        } finally {
            excusedUntilNanos = 0;
            servedAtNanos = clock.nanos();
        }
    }

    /// Runs a start. One that fails again and again is no service: after the second failure it is
    /// not excused any more.
    void startExcusedTwice(Runnable start) {
        failedStarts++;
        if (failedStarts <= EXCUSED_STARTS) {
            excused(start);
        } else {
            start.run();
        }
        failedStarts = 0;
    }
}

package io.howdah.cluster.deadman;

import io.howdah.postgres.PostgresException;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The switch's watchdog: resets the machine where the switch itself is not run any more while
/// PostgreSQL may be a primary, or cannot end it. For the switch's thread.
final class Watchdog implements HostGuard {

    /// A device that runs.
    interface Device {

        /// Has it wait for its whole time-out again; whether it took that.
        boolean feed();

        /// Stops and closes it; whether it has stopped.
        boolean stop();
    }

    /// Starts the device.
    @FunctionalInterface
    interface Opener {

        /// Starts it.
        ///
        /// @throws PostgresException why it cannot be used
        Device open();
    }

    /// Who holds it may let go of it: the switch that this one replaces does.
    private static final long OPEN_AGAIN_NANOS = 1_000_000_000L;

    private final Feeding feeding;
    private final Opener opener;
    private final Consumer<String> log;
    private @Nullable Device device;
    private long fedAtNanos;
    private boolean stoppable = true;
    private long openAgainAtNanos = Long.MIN_VALUE;
    private String lastSaid = "";

    /// @param log must return at once
    Watchdog(Feeding feeding, Opener opener, Consumer<String> log) {
        this.feeding = feeding;
        this.opener = opener;
        this.log = log;
    }

    /// Tries whether it can be used: starts and stops it.
    ///
    /// @return why it cannot; empty when it can
    String rehearse(long nowNanos) {
        String complaint = open(nowNanos);
        if (device != null) {
            stop(nowNanos);
        }
        return complaint;
    }

    @Override
    public long tend(SwitchState state, long nowNanos) {
        OptionalLong fed = device == null ? OptionalLong.empty() : OptionalLong.of(fedAtNanos);
        return switch (feeding.next(state, fed, stoppable, nowNanos)) {
            case Feeding.Next.Rest rest -> rest.untilNanos();
            case Feeding.Next.Open open -> {
                String complaint = nowNanos >= openAgainAtNanos ? open(nowNanos) : "";
                if (!complaint.isEmpty()) {
                    say("the watchdog does not guard this primary: " + complaint);
                }
                yield device == null ? openAgainAtNanos : nowNanos + feeding.everyNanos();
            }
            case Feeding.Next.Feed feed -> {
                feed(nowNanos);
                yield nowNanos + feeding.everyNanos();
            }
            case Feeding.Next.Stop stop -> {
                stop(nowNanos);
                yield device == null ? Long.MAX_VALUE : nowNanos;
            }
        };
    }

    /// @return why it cannot be opened; empty when it is
    private String open(long nowNanos) {
        try {
            device = opener.open();
            // it began to wait no earlier
            fedAtNanos = nowNanos;
            return "";
        } catch (PostgresException e) {
            openAgainAtNanos = nowNanos + OPEN_AGAIN_NANOS;
            return String.valueOf(e.getMessage());
        }
    }

    @Override
    public void postgresGone(long nowNanos) {
        if (device != null) {
            feed(nowNanos);
        }
    }

    private void feed(long nowNanos) {
        Device fed = device;
        if (fed != null && !fed.feed()) {
            say("the watchdog does not take its food: it will reset this machine");
        }
        fedAtNanos = nowNanos;
    }

    private void stop(long nowNanos) {
        Device stopped = device;
        if (stopped != null && stopped.stop()) {
            device = null;
        } else {
            stoppable = false;
            feed(nowNanos);
            say(
                    "the watchdog cannot be stopped (nowayout): from now on this machine is reset when the switch, process "
                            + ProcessHandle.current().pid()
                            + ", ends");
        }
    }

    @Override
    public boolean isRunning() {
        return device != null;
    }

    private void say(String what) {
        if (!what.equals(lastSaid)) {
            lastSaid = what;
            log.accept(what);
        }
    }
}

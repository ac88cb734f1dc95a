package io.howdah.cluster.deadman;

import io.howdah.cluster.lease.LeaseTerms;
import java.nio.file.Path;
import java.time.Duration;

/// Which watchdog the switch is to feed, and what hangs on it. Immutable.
///
/// @param device such as `/dev/watchdog`
/// @param timeoutSeconds for how long it is to wait; 1 and above
/// @param required whether this node leads only where the watchdog guards it
public record WatchdogOrder(Path device, int timeoutSeconds, boolean required) {

    /// The shortest lease of which a quarter is a second, which is what devices count by.
    public static final Duration SHORTEST_LEASE = Duration.ofSeconds(4);

    /// @throws IllegalArgumentException when it is to wait for less than a second
    public WatchdogOrder {
        if (timeoutSeconds < 1) {
            throw new IllegalArgumentException("timeoutSeconds: " + timeoutSeconds);
        }
    }

    /// With the longest time-out that goes with a lease: a host whose switch is not run any more is
    /// fed last at the fence, three quarters into the lease, and is reset before it is over.
    ///
    /// @param terms of a lease of [#SHORTEST_LEASE] or longer
    public static WatchdogOrder of(Path device, LeaseTerms terms, boolean required) {
        Duration rest = terms.lease().minusNanos(terms.fenceAfterNanos());
        return new WatchdogOrder(device, Math.toIntExact(rest.toSeconds()), required);
    }
}

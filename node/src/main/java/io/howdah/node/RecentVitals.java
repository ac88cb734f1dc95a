package io.howdah.node;

import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.member.ManagedPostgres;
import io.howdah.cluster.member.ServerVitals;
import java.time.Duration;
import java.util.Optional;

/// What PostgreSQL said of itself a moment ago, so that whoever may ask without proving who he is
/// costs it one session a second, however often he asks. Thread-safe; one caller at a time asks,
/// the others wait for what it hears.
final class RecentVitals {

    private static final Duration FRESH = Duration.ofSeconds(1);

    private final ManagedPostgres server;
    private final BootClock clock;
    private Optional<ServerVitals> heard = Optional.empty();
    private long heardAtNanos;

    RecentVitals(ManagedPostgres server, BootClock clock) {
        this.server = server;
        this.clock = clock;
        this.heardAtNanos = clock.nanos() - FRESH.toNanos();
    }

    synchronized Optional<ServerVitals> get() {
        if (clock.nanos() - heardAtNanos >= FRESH.toNanos()) {
            heard = server.vitals();
            heardAtNanos = clock.nanos();
        }
        return heard;
    }
}

package io.howdah.cluster.simulation;

import io.howdah.cluster.lease.LeaseTerms;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;

/// How long a lease the nodes are set up with. In one cluster of four somebody is changing that:
/// each agent that starts has another.
final class Leases {

    /// So far apart that the longest is renewed less often than the shortest expires.
    private static final List<Duration> CHANGING =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(2), Duration.ofSeconds(16));

    private final SplittableRandom random;
    private final boolean changing;

    Leases(long seed) {
        random = new SplittableRandom(seed * 5 + 3);
        changing = random.nextInt(4) == 0;
    }

    /// What an agent starts with.
    ///
    /// @param usual where nothing changes
    LeaseTerms next(Duration usual) {
        return new LeaseTerms(changing ? CHANGING.get(random.nextInt(CHANGING.size())) : usual);
    }
}

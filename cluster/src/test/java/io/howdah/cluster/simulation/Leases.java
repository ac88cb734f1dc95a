package io.howdah.cluster.simulation;

import io.howdah.cluster.lease.LeaseTerms;
import java.time.Duration;
import java.util.SplittableRandom;

/// How long a lease the nodes are set up with. In one cluster of four somebody is changing that:
/// each agent that starts has another.
final class Leases {

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
        return new LeaseTerms(changing ? Duration.ofSeconds(1L << random.nextInt(3)) : usual);
    }
}

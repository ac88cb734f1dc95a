package io.howdah.cluster.simulation;

/// The clock of a machine. It counts while the machine sleeps, but not while its hypervisor holds
/// it.
final class HostClock {

    private final World world;
    private final double rate;
    private final long offset;
    private long notCounted;
    private long notCountedBefore;

    /// @param rate how fast it runs; 1 is right
    HostClock(World world, double rate, long offset) {
        this.world = world;
        this.rate = rate;
        this.offset = offset;
    }

    double rate() {
        return rate;
    }

    long nanos() {
        return offset + (long) ((world.now() - notCounted) * rate);
    }

    /// How much it has not counted since the others count anew.
    long behind() {
        return notCounted - notCountedBefore;
    }

    /// From now on the others count how long a primary may lead here: what this clock has missed
    /// until now does no harm any more, as whatever it counts from was before that as well.
    void othersCountAnew() {
        notCountedBefore = notCounted;
    }

    void doesNotCount(long nanos) {
        notCounted += nanos;
    }
}

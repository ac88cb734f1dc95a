package io.howdah.cluster.simulation;

/// The clock of a machine. It counts while the machine sleeps, but not while its hypervisor holds
/// it.
final class HostClock {

    private final World world;
    private final double rate;
    private final long offset;
    private long notCounted;

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

    /// How much it has not counted so far.
    long notCounted() {
        return notCounted;
    }

    void doesNotCount(long nanos) {
        notCounted += nanos;
    }
}

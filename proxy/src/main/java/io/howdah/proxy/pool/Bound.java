package io.howdah.proxy.pool;

import java.util.LinkedHashSet;
import java.util.Set;

/// How many connections there may be at a time in the whole process: of a database and user
/// together, of a database, or of a user. Under the lock of its [SharedRoom].
final class Bound {

    private final Set<Share> shares = new LinkedHashSet<>();
    private final long turnNanos;
    private int most;
    private int reserve;
    private int minimum;
    private int used;
    private int owed;

    /// Read without the lock.
    private volatile int taken;

    /// @param turnNanos who has waited for so long gets room of somebody who has waited for less
    Bound(long turnNanos) {
        this.turnNanos = turnNanos;
    }

    /// @param connections 0 for no bound
    /// @param further of the reserve
    /// @param least kept open
    void change(int connections, int further, int least) {
        most = connections;
        reserve = further;
        minimum = least;
    }

    Set<Share> shares() {
        return shares;
    }

    long turnNanos() {
        return turnNanos;
    }

    int minimum() {
        return minimum;
    }

    private int limit(boolean withReserve) {
        return most == 0 ? Integer.MAX_VALUE : most + (withReserve ? reserve : 0);
    }

    int most() {
        return limit(false);
    }

    /// Connections that are there, or have room reserved for them; those that are about to end are
    /// there until they have ended.
    int used() {
        return used;
    }

    /// The same without those that are about to end.
    int taken() {
        return taken;
    }

    /// @param others for whom room is kept
    boolean isFull(boolean withReserve, int others) {
        return used + others >= limit(withReserve);
    }

    /// How much more than may be will be left when all is given up that somebody was asked for;
    /// less than zero for as much room.
    int excess(boolean withReserve) {
        return taken - owed - limit(withReserve);
    }

    /// How much more than may be there is, but for what is to be given up for nobody. What somebody
    /// has asked for does not count: he may have no use for it any more.
    int surplus() {
        int shed = shares.stream().mapToInt(Share::toShed).sum();
        return taken - shed - limit(true);
    }

    void use(int more) {
        used += more;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    void take(int more) {
        taken += more;
    }

    void owe(int more) {
        owed += more;
    }

    boolean isDeserted() {
        return used == 0 && shares.isEmpty();
    }
}

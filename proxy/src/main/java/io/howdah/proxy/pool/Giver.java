package io.howdah.proxy.pool;

import org.jspecify.annotations.Nullable;

/// Who has to give up a connection for somebody else, by the rules of [SharedRoom].
final class Giver {

    private Giver() {}

    /// Who that is; null when it is nobody now. Who was asked and gave up nothing is asked again
    /// after all others who may be: its connections may be in long transactions.
    ///
    /// @param needy has no room under the bound
    static @Nullable Share of(Share needy, Bound bound, long now) {
        Share giver = best(needy, bound, now);
        if (giver == null) {
            needy.askAnew(bound);
            giver = best(needy, bound, now);
        }
        return giver;
    }

    private static @Nullable Share best(Share needy, Bound bound, long now) {
        boolean lacks =
                bound.equals(needy.bounds().getFirst())
                        && needy.blockedNanos(now) >= SharedRoom.PATIENCE.toNanos()
                        && surplus(needy, bound) <= -clients(bound);
        long waited = needy.waitedNanos(now);
        Share rested = null;
        Share rich = null;
        Share patient = null;
        for (Share other : bound.shares()) {
            if (other.equals(needy) || other.kept() <= 0 || needy.hasAsked(other)) {
                continue;
            }
            if (other.restedNanos(now) >= SharedRoom.REST.toNanos()
                    && (rested == null || other.restedNanos(now) > rested.restedNanos(now))) {
                rested = other;
            }
            if (other.heldNanos(bound, now) < bound.turnNanos()) {
                continue;
            }
            if (lacks
                    && surplus(other, bound) > 0
                    && (rich == null || surplus(other, bound) > surplus(rich, bound))) {
                rich = other;
            }
            if (waited >= bound.turnNanos()
                    && other.waitedNanos(now) < waited
                    && (needy.kept() == 0 || !other.isOfSamePool(needy))
                    && (patient == null || other.waitedNanos(now) < patient.waitedNanos(now))) {
                patient = other;
            }
        }
        return rested != null ? rested : rich != null ? rich : patient;
    }

    /// How much more a share keeps than its clients' part, in connections times all clients.
    private static long surplus(Share share, Bound bound) {
        return (long) share.kept() * clients(bound) - (long) bound.most() * share.clients();
    }

    private static long clients(Bound bound) {
        long sum = 0;
        for (Share share : bound.shares()) {
            sum += share.clients();
        }
        return sum;
    }
}

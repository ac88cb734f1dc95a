package io.howdah.cluster.agent;

import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import io.howdah.postgres.TimelineId;

/// A member in whose data directory somebody ran a primary. The number of its timeline may have
/// been granted to another, so it follows nobody, and what it says of itself names that part by a
/// number which is nobody's. Pure.
final class Strays {

    static final String WHY =
            "somebody ran a primary in its data directory, on a timeline that may be another's";

    private Strays() {}

    /// How far a standby's WAL reaches, as its vote or its claim says it. A vote takes the number
    /// that it names, so nobody is ever granted that; a claim says the same as the vote.
    static Position position(Position seen, Situation now) {
        return now.strayedFrom()
                .map(last -> seen.strayedFrom(last, nobodys(last, now)))
                .orElse(seen);
    }

    private static TimelineId nobodys(TimelineId last, Situation now) {
        ClusterState state = now.state();
        TimelineId next = TimelineId.max(last, state.timeline()).next();
        Vote cast = state.votes().get(now.self());
        if (cast == null || !(state.lease() instanceof Lease.Offered)) {
            return next;
        }
        TimelineId voted = cast.position().history().current();
        return voted.compareTo(last) > 0 ? voted : next;
    }

    /// Whether what it can say of itself is no less than it may have acknowledged, and its vote
    /// counts. A standby that was promoted left the line visibly, with all that it had received.
    /// One that ran as a primary on the standby's own timeline did not: from where on its WAL is
    /// its own, nobody knows. Before there is an announced line to hold it against, a stray would
    /// win by what it wrote itself; and only the last leader's vote decides then.
    static boolean isCertain(Situation now, LocalStatus.Standby standby) {
        return now.strayedFrom()
                .map(last ->
                        (now.state().announcement() != null || ledLast(now, standby))
                                && standby.position()
                                        .filter(seen ->
                                                seen.history().current().compareTo(last) > 0)
                                        .isPresent())
                .orElse(true);
    }

    private static boolean ledLast(Situation now, LocalStatus.Standby standby) {
        Sync sync = now.state().sync();
        return sync != null && sync.isLeader(now.self(), standby.incarnation());
    }

    /// Whether it may take an offer. One that has strayed since it voted must not, but where an
    /// operator has forced it, or it is the last leader: no number was granted and used since then.
    static boolean mayLead(Situation now) {
        if (now.strayedFrom().isEmpty()) {
            return true;
        }
        if (!(now.local() instanceof LocalStatus.Standby standby)) {
            return false;
        }
        return (ledLast(now, standby) && isCertain(now, standby))
                || now.state().forced().stream()
                        .anyMatch(forced -> forced.epoch().equals(now.state().epoch()));
    }
}

package io.howdah.cluster.state;

import io.howdah.cluster.state.ClusterState.Change;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/// A cluster that begins with a database made elsewhere. Pure.
///
/// The node that brings it in counts as the leader of an epoch 0, alone: nobody else is a voter. So
/// the first election needs its vote, which speaks for everything that its former server ever
/// acknowledged, and the rules for elections, promotions and announcements need no exception. Its
/// data directory cannot be given up before somebody is announced, and nobody can be without that
/// vote.
public final class Adoptions {

    private static final String REASON = "adopted";

    private Adoptions() {}

    static Change apply(ClusterState state, Command.Adopt adopt) {
        SystemId agreed = state.systemId();
        if (agreed != null) {
            return state.refuse("the cluster holds a database already, " + agreed);
        }
        if (!(state.lease() instanceof Lease.Vacant)) {
            return state.refuse("another node initialises the cluster");
        }
        TimelineId current = adopt.end().history().current();
        Sync alone =
                new Sync(
                        Epoch.NONE,
                        adopt.node(),
                        adopt.incarnation(),
                        adopt.end(),
                        new TreeMap<>(),
                        0,
                        0);
        HistoryEntry entry =
                new HistoryEntry(
                        Epoch.NONE,
                        current,
                        adopt.end().lsn(),
                        adopt.node(),
                        REASON,
                        adopt.atMillis(),
                        0,
                        List.of());
        return state.accept(
                state.copy()
                        .systemId(adopt.systemId())
                        // whoever is elected next takes a number that this database never had
                        .timeline(
                                TimelineId.max(
                                        state.timeline(),
                                        adopt.highest() == null
                                                ? current
                                                : TimelineId.max(current, adopt.highest())))
                        .sync(alone)
                        .settings(adopt.settings())
                        .history(List.of(entry))
                        .vacate(REASON, adopt.atMillis()));
    }

    /// The adoption that the cluster began with; empty when it made its database itself, or when
    /// that is so many changes of leadership ago that it is forgotten.
    public static Optional<HistoryEntry> of(ClusterState state) {
        return state.history().stream()
                .filter(entry -> entry.epoch().equals(Epoch.NONE))
                .findFirst();
    }
}

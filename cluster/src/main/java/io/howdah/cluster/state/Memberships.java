package io.howdah.cluster.state;

import io.howdah.cluster.state.ClusterState.Change;
import java.util.TreeMap;
import java.util.TreeSet;

/// Who belongs to the cluster, as `ClusterState.apply` changes it. Pure.
///
/// A member is taken out in two steps. First it is *leaving*: the leader lets no commit wait for it
/// any more and takes it off the voters, in the safe order of `SyncPlan`; it goes on voting until
/// then. Only when no election needs its vote is it forgotten; else it stays, as it was.
final class Memberships {

    private Memberships() {}

    static Change apply(ClusterState state, Command.Membership command) {
        return switch (command) {
            case Command.Report report -> report(state, report);
            case Command.Remove remove -> remove(state, remove.node());
            case Command.CancelRemove cancel -> cancelRemove(state, cancel.node());
            case Command.Forget forget -> forget(state, forget);
        };
    }

    /// Whoever was taken out comes back only as a new peer: then it has no data of which anybody
    /// believes anything, and was let into consensus anew.
    private static Change report(ClusterState state, Command.Report report) {
        String former = state.gone().get(report.node());
        if (former != null && (report.peerId() == null || former.equals(report.peerId()))) {
            return state.refuse(report.node() + " was taken out of the cluster");
        }
        TreeMap<NodeName, Member> members = new TreeMap<>(state.members());
        members.put(report.node(), report.member());
        TreeMap<NodeName, String> gone = new TreeMap<>(state.gone());
        gone.remove(report.node());
        return state.accept(
                state.copy()
                        .members(members)
                        .gone(gone)
                        .protocol(Protocol.agreed(state.protocol(), members.values())));
    }

    private static Change remove(ClusterState state, NodeName node) {
        if (!state.members().containsKey(node)) {
            return state.refuse("there is no member " + node);
        }
        if (leads(state, node)) {
            return state.refuse(node + " is the primary, or about to be");
        }
        if (state.switchover() != null && node.equals(state.switchover().to())) {
            return state.refuse("a switchover to " + node + " is under way");
        }
        TreeSet<NodeName> leaving = new TreeSet<>(state.leaving());
        leaving.add(node);
        return state.accept(state.copy().leaving(leaving));
    }

    private static Change cancelRemove(ClusterState state, NodeName node) {
        if (!state.leaving().contains(node)) {
            return state.refuse(node + " is not leaving");
        }
        TreeSet<NodeName> leaving = new TreeSet<>(state.leaving());
        leaving.remove(node);
        return state.accept(state.copy().leaving(leaving));
    }

    private static Change forget(ClusterState state, Command.Forget forget) {
        NodeName node = forget.node();
        if (!state.leaving().contains(node)) {
            return state.refuse(node + " is not leaving");
        }
        if (leads(state, node)) {
            return state.refuse(node + " is the primary, or about to be");
        }
        Sync sync = state.sync();
        if (sync != null && (sync.voters().containsKey(node) || sync.leader().equals(node))) {
            return state.refuse("the next election may need the vote of " + node);
        }
        TreeMap<NodeName, Member> members = new TreeMap<>(state.members());
        members.remove(node);
        TreeMap<NodeName, Vote> votes = new TreeMap<>(state.votes());
        votes.remove(node);
        TreeSet<NodeName> leaving = new TreeSet<>(state.leaving());
        leaving.remove(node);
        TreeMap<NodeName, String> gone = new TreeMap<>(state.gone());
        gone.put(node, forget.peerId());
        TreeMap<NodeName, Long> removals = new TreeMap<>(state.removals());
        removals.put(node, forget.atMillis());
        ClusterStateBuilder changed = state.copy();
        PlannedSwitchover plan = state.planned();
        if (plan != null && node.equals(plan.to())) {
            String why = node + " is no member any more";
            changed.planned(null)
                    .dropped(new PlannedSwitchover.Dropped(plan, why, forget.atMillis()));
        }
        return state.accept(
                changed.members(members)
                        .votes(votes)
                        .leaving(leaving)
                        .gone(gone)
                        .removals(removals)
                        .protocol(Protocol.agreed(state.protocol(), members.values())));
    }

    private static boolean leads(ClusterState state, NodeName node) {
        return switch (state.lease()) {
            case Lease.Vacant vacant -> false;
            case Lease.Offered offered -> offered.to().equals(node);
            case Lease.Held held -> held.node().equals(node);
        };
    }
}

package io.howdah.cluster.synchronous;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Which of the healthy standbys commits wait for. Pure. `SyncPlan` takes the answer for all the
/// healthy ones there are, so its proof is untouched: a standby that is not chosen is to it one
/// that is not there.
///
/// Listed are twice as many as have to confirm: fewer, and one that is lost holds writes up; more,
/// and an election has to ask more of them (`voters − required + 1`) than are worth it.
public final class SynchronousChoice {

    /// How many are listed for each that has to confirm.
    private static final int LISTED_PER_CONFIRMATION = 2;

    private final Map<NodeName, Member> members;
    private final String leaderZone;
    private final Set<NodeName> listed;
    private final Set<NodeName> excluded;

    /// @param leader who leads
    /// @param members all, with their tags
    /// @param listed those who are listed now: among equals they stay
    /// @param excluded those that no commit may wait for
    public SynchronousChoice(
            NodeName leader,
            Map<NodeName, Member> members,
            Set<NodeName> listed,
            Set<NodeName> excluded) {
        this.members = Map.copyOf(members);
        this.leaderZone = zone(leader);
        this.listed = Set.copyOf(listed);
        this.excluded = Set.copyOf(excluded);
    }

    /// The chosen ones. One after the other from the zone that has fewest so far, the leader's
    /// counting as one that it stands in itself; then those who are listed; then by name. Who is
    /// excluded is never chosen.
    ///
    /// @param wanted how many have to confirm; 0: as many as `Sync.defaultRequired` says, of all
    public SortedMap<NodeName, Incarnation> of(
            SortedMap<NodeName, Incarnation> healthy, int wanted) {
        Set<NodeName> left = new TreeSet<>(healthy.keySet());
        left.removeAll(excluded);
        int count = wanted == 0 ? left.size() : wanted * LISTED_PER_CONFIRMATION;
        Map<String, Integer> chosenIn = new HashMap<>(Map.of(leaderZone, 1));
        SortedMap<NodeName, Incarnation> chosen = new TreeMap<>();
        while (chosen.size() < count && !left.isEmpty()) {
            NodeName next =
                    left.stream()
                            .min(
                                    Comparator.comparingInt((NodeName node) ->
                                                    chosenIn.getOrDefault(zone(node), 0))
                                            .thenComparing(node -> zone(node).equals(leaderZone))
                                            .thenComparing(node -> !listed.contains(node))
                                            .thenComparing(Comparator.naturalOrder()))
                            .orElseThrow();
            left.remove(next);
            chosenIn.merge(zone(next), 1, Integer::sum);
            Incarnation incarnation = healthy.get(next);
            if (incarnation != null) {
                chosen.put(next, incarnation);
            }
        }
        return chosen;
    }

    private String zone(NodeName node) {
        Member member = members.get(node);
        return member == null ? "" : member.tags().zone();
    }
}

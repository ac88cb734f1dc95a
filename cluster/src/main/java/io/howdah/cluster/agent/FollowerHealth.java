package io.howdah.cluster.agent;

import io.howdah.cluster.member.Follower;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.postgres.Lsn;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// Which standbys of the running epoch stream, with patience: one that was seen streaming less than
/// a patience ago still counts, so that a reconnect does not change whom commits wait for. For one
/// thread.
final class FollowerHealth {

    private record Seen(Follower follower, long atNanos) {}

    private final long patienceNanos;
    private final Map<NodeName, Seen> seen = new HashMap<>();
    private long emptySinceNanos;

    /// @param patienceNanos how long one may be missing
    FollowerHealth(long patienceNanos) {
        this.patienceNanos = patienceNanos;
    }

    /// A new epoch begins: nobody was seen yet, and the patience begins now.
    void begin(long nowNanos) {
        seen.clear();
        emptySinceNanos = nowNanos;
    }

    /// Takes in what the primary reports.
    void look(List<Follower> followers, Epoch epoch, long nowNanos) {
        for (Follower follower : followers) {
            if (follower.streaming() && follower.name().epoch().equals(epoch)) {
                seen.put(follower.name().node(), new Seen(follower, nowNanos));
            }
        }
        seen.values().removeIf(entry -> nowNanos - entry.atNanos > patienceNanos);
    }

    /// Notes whether any streams that a commit may wait for.
    ///
    /// @param nosync those whose streaming is no reason for patience
    void countWithout(Set<NodeName> nosync, long nowNanos) {
        if (!nosync.containsAll(seen.keySet())) {
            emptySinceNanos = nowNanos;
        }
    }

    /// The healthy ones, each with its incarnation.
    SortedMap<NodeName, Incarnation> healthy() {
        SortedMap<NodeName, Incarnation> healthy = new TreeMap<>();
        seen.forEach((node, entry) -> healthy.put(node, entry.follower.name().incarnation()));
        return healthy;
    }

    /// Those that have flushed `mark`.
    Set<NodeName> flushed(Lsn mark) {
        return seen.entrySet().stream()
                .filter(entry -> entry.getValue().follower.flushed().isAtLeast(mark))
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// The healthy ones, those first that have replayed furthest: whoever takes over replays the
    /// rest while everybody waits.
    List<NodeName> furthestFirst() {
        return seen.entrySet().stream()
                .sorted(
                        Map.Entry.<NodeName, Seen>comparingByValue((a, b) ->
                                        b.follower.replayed().compareTo(a.follower.replayed()))
                                .thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    /// Whether nobody streams, but not for long yet.
    boolean isPatientAt(long nowNanos) {
        return nowNanos - emptySinceNanos <= patienceNanos;
    }

    /// Whether enough voters stream to elect one of them.
    boolean canElect(Sync sync) {
        SortedMap<NodeName, Incarnation> healthy = healthy();
        long voters =
                sync.voters().entrySet().stream()
                        .filter(voter -> voter.getValue().equals(healthy.get(voter.getKey())))
                        .count();
        return !sync.voters().isEmpty() && voters >= sync.quorum();
    }
}

package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/// Who has to be asked in the next election, so that nothing acknowledged is missed.
///
/// The names in force in `synchronous_standby_names` are always a subset of `voters`, and the
/// number of acknowledgements that a commit waits for is never below `required`. So every
/// acknowledged commit of the epoch is held by at least `required` voters, and any `quorum()` of
/// them include one that holds it. `quorum` is derived, not kept: a stored number could disagree.
/// Immutable.
///
/// @param epoch the epoch this belongs to
/// @param leader its leader, which is no voter
/// @param leaderIncarnation the data directory it leads with: only that one holds everything it
///   acknowledged
/// @param base the position that won the epoch, later its switch point: whoever is elected next
///   must contain it
/// @param voters members, each with the incarnation that counts; empty: only the leader itself can
///   be elected
/// @param required how many voters hold each acknowledged commit; 0 exactly when there are no
///   voters
/// @param version rises with every change of voters; a change names the one that it was made for
public record Sync(
        Epoch epoch,
        NodeName leader,
        Incarnation leaderIncarnation,
        Position base,
        SortedMap<NodeName, Incarnation> voters,
        int required,
        long version) {

    /// @throws IllegalArgumentException when `required` is not 1 to the number of voters (0 without
    ///   voters), or the leader is a voter
    public Sync {
        voters = Collections.unmodifiableSortedMap(new TreeMap<>(voters));
        if (voters.isEmpty() ? required != 0 : required < 1 || required > voters.size()) {
            throw new IllegalArgumentException(
                    "required " + required + " does not fit voters " + voters.keySet());
        }
        if (voters.containsKey(leader)) {
            throw new IllegalArgumentException(
                    "leader " + leader + " cannot be a voter of its own epoch");
        }
    }

    /// How many voters must have voted before one of them may be elected: `voters − required + 1`,
    /// the smallest number that meets every set of `required` voters.
    @JsonIgnore
    public int quorum() {
        return voters.size() - required + 1;
    }

    /// How many acknowledgements a commit waits for by default: half of the standbys, rounded up.
    /// With 2 standbys 1, with 4 standbys 2: as many standbys may then be lost together with the
    /// leader as the consensus group survives anyway.
    public static int defaultRequired(int voters) {
        return (voters + 1) / 2;
    }

    /// Whether this is the data directory that led: it holds all that was acknowledged, wherever
    /// its last record ends.
    public boolean isLeader(NodeName node, Incarnation incarnation) {
        return leader.equals(node) && leaderIncarnation.equals(incarnation);
    }

    Sync withBase(Position newBase) {
        return new Sync(epoch, leader, leaderIncarnation, newBase, voters, required, version);
    }

    Sync withVoters(SortedMap<NodeName, Incarnation> newVoters, int newRequired) {
        return new Sync(
                epoch, leader, leaderIncarnation, base, newVoters, newRequired, version + 1);
    }
}

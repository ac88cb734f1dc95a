package io.howdah.cluster.election;

import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The election rule (10-cluster, "A vote is a promise", rule 4). Somebody is elected when the
/// votes are certain to include everything acknowledged: `quorum` of the voters have voted with the
/// incarnation that counts, or the last leader itself has. The winner holds `base`, and nobody who
/// holds it reaches further. Who was promoted by hand is not needed where the last leader has
/// voted, as that one holds everything.
public final class Election {

    private static final String DECIDES = "`howdah failover --to N --allow-data-loss` decides";

    private Election() {}

    /// What the votes say.
    public sealed interface Verdict {

        /// What keeps anybody from being elected, for the operator; empty when nothing does.
        String why();

        /// The votes decide.
        record Winner(NodeName node) implements Verdict {
            @Override
            public String why() {
                return "";
            }
        }

        /// Nobody can be elected yet.
        ///
        /// @param why whose vote is missing, or why those at hand do not do
        record Undecided(String why) implements Verdict {}

        /// Those who hold everything are all such as no election takes, and nobody can catch up
        /// from them: a person has to choose one, or bring somebody back.
        ///
        /// @param complete who holds everything that was acknowledged
        /// @param fact what keeps each of them from being elected
        /// @param advice what a person can do
        record Withheld(SortedSet<NodeName> complete, String fact, String advice)
                implements Verdict {
            public Withheld {
                complete = Collections.unmodifiableSortedSet(new TreeSet<>(complete));
            }

            @Override
            public String why() {
                return fact + ": " + advice;
            }
        }

        /// Those who reach furthest are nofailover. Others first receive what they lack from one of
        /// them, and vote again.
        ///
        /// @param from a nofailover member that reaches furthest; its WAL stands still
        /// @param target how far that is
        /// @param members who may be elected once they reach as far: each lies on the line of
        ///   `target`
        record CatchUp(NodeName from, Position target, Set<NodeName> members) implements Verdict {
            public CatchUp {
                members = Collections.unmodifiableSortedSet(new TreeSet<>(members));
            }

            @Override
            public String why() {
                return from
                        + " reaches furthest ("
                        + target
                        + ") and is nofailover, by its tags or for what is said of it: "
                        + members.stream().map(NodeName::value).collect(Collectors.joining(", "))
                        + " must catch up from it first";
            }
        }
    }

    /// How far the votes show that everything reaches which was acknowledged.
    private sealed interface Reach {

        /// @param why whose vote is missing, or why those at hand do not do
        record Unknown(String why) implements Reach {}

        /// @param nodes who reach that far and have left the cluster's history nowhere; not empty
        record Known(Position position, List<NodeName> nodes) implements Reach {}
    }

    /// Judges the votes of a state whose lease is vacant.
    public static Verdict of(ClusterState state) {
        return switch (reach(state)) {
            case Reach.Unknown(String why) -> new Verdict.Undecided(why);
            case Reach.Known known ->
                    known.nodes().stream()
                            .filter(node -> !tags(state, node).nofailover())
                            .min(preference(state))
                            .<Verdict>map(Verdict.Winner::new)
                            .orElseGet(() -> furthestMayNotLead(state, known));
        };
    }

    /// Who is certain to hold everything that was acknowledged, whether or not it is to be elected;
    /// empty as long as the votes do not show anybody. Whoever of them leads next loses nothing.
    public static SortedSet<NodeName> complete(ClusterState state) {
        return switch (reach(state)) {
            case Reach.Unknown unknown -> new TreeSet<>();
            case Reach.Known known -> new TreeSet<>(known.nodes());
        };
    }

    private static Reach reach(ClusterState state) {
        Sync sync = state.sync();
        if (sync == null) {
            return new Reach.Unknown("no primary has ever been promoted");
        }
        Map<NodeName, Vote> votes = certain(state);
        boolean leaderVoted = hasLeaderVoted(sync, votes);
        if (!leaderVoted && !isQuorum(sync, votes)) {
            return new Reach.Unknown("waiting for " + missing(state, sync));
        }
        Map<NodeName, Position> holders = holders(state, sync, votes);
        if (leaderVoted) {
            holders.keySet().removeIf(node -> isStray(state, sync, node));
        }
        if (holders.isEmpty()) {
            return new Reach.Unknown(
                    "nobody who voted holds "
                            + sync.base()
                            + ", where epoch "
                            + sync.epoch()
                            + " begins; waiting for "
                            + sync.leader()
                            + ". If that is gone for good, "
                            + DECIDES);
        }
        Position highest = holders.values().stream().max(Position.ORDER).orElseThrow();
        List<NodeName> equals =
                holders.entrySet().stream()
                        .filter(entry -> Position.ORDER.compare(entry.getValue(), highest) == 0)
                        .map(Map.Entry::getKey)
                        .toList();
        List<NodeName> unstrayed =
                equals.stream().filter(node -> !isStray(state, sync, node)).toList();
        if (unstrayed.isEmpty()) {
            return new Reach.Unknown(
                    equals
                            + " reach furthest ("
                            + highest
                            + "), but were promoted by hand and have left the cluster's history there: "
                            + DECIDES);
        }
        return new Reach.Known(highest, unstrayed);
    }

    private static Verdict furthestMayNotLead(ClusterState state, Reach.Known furthest) {
        Set<NodeName> behind =
                certain(state).entrySet().stream()
                        .filter(entry -> !tags(state, entry.getKey()).nofailover())
                        .filter(entry -> furthest.position().contains(entry.getValue().position()))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        if (!behind.isEmpty()) {
            return new Verdict.CatchUp(furthest.nodes().getFirst(), furthest.position(), behind);
        }
        // a removal must not cost the cluster its last member that can lead
        return furthest.nodes().stream()
                .filter(node -> !ownTags(state, node).nofailover())
                .findFirst()
                .<Verdict>map(Verdict.Winner::new)
                .orElseGet(() -> withheld(state, furthest));
    }

    private static Verdict withheld(ClusterState state, Reach.Known furthest) {
        SortedSet<NodeName> complete = new TreeSet<>(furthest.nodes());
        String fact =
                "nothing is missing where the votes reach furthest ("
                        + furthest.position()
                        + "), but "
                        + complete.stream()
                                .map(node ->
                                        node + " " + MayNotLead.why(state, node).orElse("waits"))
                                .collect(Collectors.joining(", and "))
                        + "; nobody else who voted can catch up from there";
        boolean sorts =
                complete.stream().anyMatch(node -> MayNotLead.otherOrder(state, node).isPresent());
        NodeName named = complete.stream().min(preference(state)).orElseThrow();
        Sync sync = state.sync();
        String leader =
                sync == null || state.votes().containsKey(sync.leader())
                        ? ""
                        : "start " + sync.leader() + "; or ";
        return new Verdict.Withheld(
                complete,
                fact,
                leader
                        + "`howdah failover --to "
                        + named
                        + "` makes it the primary all the same, and gives up nothing that was acknowledged"
                        + (sorts ? "; where it sorts otherwise, " + MayNotLead.AFTERWARDS : ""));
    }

    private static Map<NodeName, Vote> certain(ClusterState state) {
        Map<NodeName, Vote> votes = new TreeMap<>(state.votes());
        votes.entrySet()
                .removeIf(cast ->
                        cast.getValue().uncertain()
                                || isAcrossARift(state, cast.getKey(), cast.getValue()));
        return votes;
    }

    /// Whether nobody can say what of a vote's WAL is also that of the announced line. Of the data
    /// directory that wrote this line it is known, though a crash may have undone its promotion.
    private static boolean isAcrossARift(ClusterState state, NodeName node, Vote vote) {
        Sync sync = state.sync();
        boolean wroteTheLine =
                sync != null && sync.isLeader(node, vote.incarnation()) && isAnnounced(state, sync);
        return !wroteTheLine && state.isDoubtful(vote.position());
    }

    /// Those who hold `base`, each with how far it reaches. All that was ever acknowledged lies on
    /// the announced line: of a data directory that was promoted by hand, only the part before that
    /// counts.
    private static Map<NodeName, Position> holders(
            ClusterState state, Sync sync, Map<NodeName, Vote> votes) {
        Map<NodeName, Position> holders = new TreeMap<>();
        votes.forEach((node, vote) -> {
            boolean leader = sync.isLeader(node, vote.incarnation());
            // a leader that was never announced has led nobody, and served nobody: what it
            // wrote past its base was acknowledged to nobody
            Position reach =
                    leader && isAnnounced(state, sync) ? vote.position() : onLine(state, vote);
            if (leader || reach.contains(sync.base())) {
                holders.put(node, reach);
            }
        });
        return holders;
    }

    private static boolean isAnnounced(ClusterState state, Sync sync) {
        Announcement last = state.announcement();
        return last != null && last.epoch().equals(sync.epoch());
    }

    private static Position onLine(ClusterState state, Vote vote) {
        Announcement last = state.announcement();
        return last == null ? vote.position() : vote.position().on(last.history());
    }

    /// Whether its data directory left the announced line by a promotion that nobody granted.
    private static boolean isStray(ClusterState state, Sync sync, NodeName node) {
        Vote vote = state.votes().get(node);
        return vote != null
                && !sync.isLeader(node, vote.incarnation())
                && !onLine(state, vote).equals(vote.position());
    }

    /// Cast only after its PostgreSQL has ended and its WAL is recovered to the end: it holds
    /// everything that it acknowledged, so it counts for all.
    private static boolean hasLeaderVoted(Sync sync, Map<NodeName, Vote> votes) {
        Vote leaders = votes.get(sync.leader());
        return leaders != null && leaders.counts(sync.leaderIncarnation());
    }

    private static boolean isQuorum(Sync sync, Map<NodeName, Vote> votes) {
        return !sync.voters().isEmpty() && countedVotes(sync, votes) >= sync.quorum();
    }

    private static long countedVotes(Sync sync, Map<NodeName, Vote> votes) {
        return sync.voters().entrySet().stream().filter(voter -> hasVoted(voter, votes)).count();
    }

    private static boolean hasVoted(
            Map.Entry<NodeName, Incarnation> voter, Map<NodeName, Vote> votes) {
        Vote vote = votes.get(voter.getKey());
        return vote != null && vote.counts(voter.getValue());
    }

    private static String missing(ClusterState state, Sync sync) {
        Map<NodeName, Vote> votes = certain(state);
        List<String> absent = new ArrayList<>();
        for (Map.Entry<NodeName, Incarnation> voter : sync.voters().entrySet()) {
            if (!hasVoted(voter, votes)) {
                absent.add(named(state, voter.getKey()));
            }
        }
        String leader = "the last primary, " + named(state, sync.leader());
        if (absent.isEmpty()) {
            return leader + ": no other member is known to hold everything";
        }
        long needed = sync.quorum() - countedVotes(sync, votes);
        return (needed < absent.size() ? needed + " of the votes of " : "the vote of ")
                + String.join(", ", absent)
                + ", or of "
                + leader;
    }

    /// With what keeps its vote from counting, if it has cast one.
    private static String named(ClusterState state, NodeName node) {
        Vote cast = state.votes().get(node);
        if (cast == null) {
            return node.value();
        }
        if (cast.uncertain()) {
            return node + " (somebody ran a primary in its data directory: " + DECIDES + ")";
        }
        return isAcrossARift(state, node, cast)
                ? node + " (its timeline may be another than the primary's: " + DECIDES + ")"
                : node + " (it was copied anew; its former data are needed)";
    }

    private static Comparator<NodeName> preference(ClusterState state) {
        Sync sync = state.sync();
        String zone = sync == null ? "" : tags(state, sync.leader()).zone();
        return Comparator.comparing((NodeName node) -> !tags(state, node).zone().equals(zone))
                .thenComparingInt(node -> -tags(state, node).failoverPriority())
                .thenComparing(Comparator.naturalOrder());
    }

    private static Member.Tags tags(ClusterState state, NodeName node) {
        Member.Tags tags = ownTags(state, node);
        return state.leaving().contains(node) ? tags.leaving() : tags;
    }

    private static Member.Tags ownTags(ClusterState state, NodeName node) {
        Member member = state.members().get(node);
        return member == null ? Member.Tags.NONE : member.tags();
    }

    /// The voters that a new leader starts with: those who voted it in. After a hand-over nobody
    /// voted; then it is the voters of the epoch before, and the old leader where none are left.
    /// Who is nosync is none: fewer voters than voted are safe, as a commit of the new epoch waits
    /// for some of those alone.
    public static SortedMap<NodeName, Incarnation> votersOf(NodeName winner, ClusterState state) {
        SortedMap<NodeName, Incarnation> voters = new TreeMap<>();
        certain(state).forEach((node, vote) -> voters.put(node, vote.incarnation()));
        Sync last = state.sync();
        if (voters.isEmpty() && last != null) {
            voters.putAll(last.voters());
            voters.remove(winner);
            Member leader = state.members().get(last.leader());
            if (voters.isEmpty() && leader != null && leader.incarnation() != null) {
                voters.put(last.leader(), leader.incarnation());
            }
        }
        voters.remove(winner);
        voters.keySet().removeIf(node -> tags(state, node).nosync());
        return voters;
    }
}

package io.howdah.cluster.state;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/// Values for tests, short to write.
public final class Samples {

    public static final SystemId SYSTEM = new SystemId(7_000_000_000_000_000_001L);
    public static final NodeName N1 = new NodeName("n1");
    public static final NodeName N2 = new NodeName("n2");
    public static final NodeName N3 = new NodeName("n3");

    private Samples() {}

    /// Each node's first incarnation.
    public static Incarnation incarnation(NodeName node) {
        return new Incarnation("0000000" + node.value().charAt(1));
    }

    public static Position at(long lsn) {
        return new Position(TimelineHistory.startingAt(TimelineId.FIRST), new Lsn(lsn));
    }

    /// A position on a timeline that left timeline 1.
    public static Position at(long lsn, long timeline, long leftFirstAt) {
        return new Position(
                TimelineHistory.startingAt(TimelineId.FIRST)
                        .then(new Lsn(leftFirstAt), new TimelineId(timeline)),
                new Lsn(lsn));
    }

    public static Vote vote(NodeName node, Position position) {
        return new Vote(incarnation(node), position);
    }

    public static SortedMap<NodeName, Incarnation> voters(NodeName... nodes) {
        SortedMap<NodeName, Incarnation> voters = new TreeMap<>();
        for (NodeName node : nodes) {
            voters.put(node, incarnation(node));
        }
        return voters;
    }

    public static Member member(NodeName node) {
        return member(node, Member.Tags.NONE);
    }

    public static Member member(NodeName node, Member.Tags tags) {
        return new Member(incarnation(node), "127.0.0.1", 6520, 6530, false, tags);
    }

    /// n1 leads epoch 1 on timeline 1 from position 100; n2 and n3 are voters, one of which holds
    /// each commit.
    public static ClusterState led() {
        ClusterState state = ClusterState.INITIAL;
        for (NodeName node : new NodeName[] {N1, N2, N3}) {
            state = accept(state, new Command.Report(node, member(node)));
        }
        state = accept(state, new Command.Initialise(N1, 1_000));
        state = accept(state, new Command.Claim(N1, new Epoch(1), null));
        state =
                accept(
                        state,
                        new Command.Announce(
                                N1,
                                new Epoch(1),
                                incarnation(N1),
                                at(100),
                                at(100).history(),
                                SYSTEM,
                                2_000));
        return accept(state, new Command.SetVoters(N1, new Epoch(1), 0, voters(N2, N3), 1));
    }

    /// As `led`, with the lease given back.
    public static ClusterState vacant() {
        return accept(led(), new Command.Release(N1, new Epoch(1), "crashed", 3_000));
    }

    /// The record of whom to ask, which must be there.
    public static Sync sync(ClusterState state) {
        return Objects.requireNonNull(state.sync(), "sync");
    }

    /// The state after a command that must be accepted.
    public static ClusterState accept(ClusterState state, Command command) {
        ClusterState.Change change = state.apply(command);
        if (change.refusal() != null) {
            throw new AssertionError(command + " was refused: " + change.refusal());
        }
        return change.state();
    }

    /// The reason of a command that must be refused, and must change nothing.
    public static String refusal(ClusterState state, Command command) {
        ClusterState.Change change = state.apply(command);
        if (change.refusal() == null || !change.state().equals(state)) {
            throw new AssertionError(command + " was not refused");
        }
        return change.refusal();
    }
}

package io.howdah.cluster.state;

import io.howdah.cluster.election.Election;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// A state under change. Not thread-safe, never leaves this package.
final class ClusterStateBuilder {

    private @Nullable SystemId systemId;
    private int protocol;
    private Epoch epoch;
    private TimelineId timeline;
    private Lease lease;
    private @Nullable Sync sync;
    private @Nullable Announcement announcement;
    private SortedMap<NodeName, Vote> votes;
    private SortedMap<NodeName, Member> members;
    private @Nullable Switchover switchover;
    private Switchover.@Nullable Cancelled cancelled;
    private List<HistoryEntry> history;
    private @Nullable Pause paused;
    private long resumes;
    private @Nullable ClusterSettings settings;
    private @Nullable PlannedSwitchover planned;
    private PlannedSwitchover.@Nullable Dropped dropped;
    private @Nullable Written written;
    private List<ForcedFailover> forced;
    private List<Rift> rifts;
    private SortedSet<NodeName> leaving;
    private SortedMap<NodeName, String> gone;
    private SortedMap<NodeName, Long> removals;

    ClusterStateBuilder(ClusterState from) {
        systemId = from.systemId();
        protocol = from.protocol();
        epoch = from.epoch();
        timeline = from.timeline();
        lease = from.lease();
        sync = from.sync();
        announcement = from.announcement();
        votes = from.votes();
        members = from.members();
        switchover = from.switchover();
        cancelled = from.cancelled();
        history = from.history();
        paused = from.paused();
        resumes = from.resumes();
        settings = from.settings();
        planned = from.planned();
        dropped = from.dropped();
        written = from.written();
        forced = from.forced();
        rifts = from.rifts();
        leaving = from.leaving();
        gone = from.gone();
        removals = from.removals();
    }

    ClusterStateBuilder systemId(SystemId value) {
        systemId = value;
        return this;
    }

    ClusterStateBuilder protocol(int value) {
        protocol = value;
        return this;
    }

    ClusterStateBuilder timeline(TimelineId value) {
        timeline = value;
        return this;
    }

    ClusterStateBuilder lease(Lease value) {
        lease = value;
        return this;
    }

    ClusterStateBuilder sync(@Nullable Sync value) {
        sync = value;
        return this;
    }

    ClusterStateBuilder announcement(Announcement value) {
        announcement = value;
        return this;
    }

    ClusterStateBuilder votes(SortedMap<NodeName, Vote> value) {
        votes = value;
        return this;
    }

    ClusterStateBuilder members(SortedMap<NodeName, Member> value) {
        members = value;
        return this;
    }

    ClusterStateBuilder switchover(@Nullable Switchover value) {
        switchover = value;
        return this;
    }

    ClusterStateBuilder history(List<HistoryEntry> value) {
        history = value;
        return this;
    }

    ClusterStateBuilder paused(@Nullable Pause value) {
        paused = value;
        return this;
    }

    ClusterStateBuilder resumes(long value) {
        resumes = value;
        return this;
    }

    ClusterStateBuilder cancelled(Switchover.@Nullable Cancelled value) {
        cancelled = value;
        return this;
    }

    ClusterStateBuilder settings(ClusterSettings value) {
        settings = value;
        return this;
    }

    ClusterStateBuilder planned(@Nullable PlannedSwitchover value) {
        planned = value;
        return this;
    }

    ClusterStateBuilder dropped(PlannedSwitchover.@Nullable Dropped value) {
        dropped = value;
        return this;
    }

    ClusterStateBuilder written(@Nullable Written value) {
        written = value;
        return this;
    }

    ClusterStateBuilder rifts(List<Rift> value) {
        rifts = value;
        return this;
    }

    ClusterStateBuilder forced(List<ForcedFailover> value) {
        forced = value;
        return this;
    }

    ClusterStateBuilder leaving(SortedSet<NodeName> value) {
        leaving = value;
        return this;
    }

    ClusterStateBuilder gone(SortedMap<NodeName, String> value) {
        gone = value;
        return this;
    }

    ClusterStateBuilder removals(SortedMap<NodeName, Long> value) {
        removals = value;
        return this;
    }

    /// Ends the current epoch: from here on an election may begin. A switchover that was asked for
    /// in it is void.
    ClusterStateBuilder vacate(String reason, long sinceMillis) {
        lease = new Lease.Vacant(reason, sinceMillis);
        votes = new TreeMap<>();
        switchover = null;
        return this;
    }

    /// Offers the next epoch: its numbers are above all that were ever given out, whether it is
    /// claimed or not. The votes stay: a claim reads from them who its voters are.
    ClusterStateBuilder offer(NodeName to, String reason, long sinceMillis, TimelineId granted) {
        epoch = epoch.next();
        timeline = granted;
        lease = new Lease.Offered(to, epoch, granted, reason, sinceMillis);
        return this;
    }

    /// Offers the next epoch to the winner, if the votes decide.
    ClusterStateBuilder elect() {
        ClusterState now = build();
        if (now.lease() instanceof Lease.Vacant vacant
                && Election.of(now) instanceof Election.Verdict.Winner winner) {
            offer(winner.node(), vacant.reason(), vacant.sinceMillis(), timeline.next());
        }
        return this;
    }

    ClusterState build() {
        return new ClusterState(
                systemId,
                protocol,
                epoch,
                timeline,
                lease,
                sync,
                announcement,
                votes,
                members,
                switchover,
                cancelled,
                history,
                paused,
                resumes,
                settings,
                planned,
                dropped,
                written,
                forced,
                rifts,
                leaving,
                gone,
                removals);
    }
}

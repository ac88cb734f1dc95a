package io.howdah.cluster.state;

import io.howdah.cluster.state.ClusterState.Change;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What `ClusterState.apply` makes of what operators ask. Pure.
final class Operations {

    private Operations() {}

    static Change apply(ClusterState state, Command.Operation operation) {
        return switch (operation) {
            case Command.Suspend suspend -> suspend(state, suspend.pause());
            case Command.Resume resume -> resume(state, resume);
            case Command.SawTimeline saw ->
                    state.accept(
                            state.copy()
                                    .timeline(TimelineId.max(state.timeline(), saw.timeline())));
            case Command.BeginSettings begin -> beginSettings(state, begin);
            case Command.ChangeSettings change -> changeSettings(state, change.settings());
            case Command.PlanSwitchover plan -> plan(state, plan.plan());
            case Command.DropPlan drop -> dropPlan(state, drop.dropped());
            case Command.BeginPlanned begin -> beginPlanned(state, begin);
        };
    }

    /// A change of leadership under way is not frozen halfway: that would be a cluster without a
    /// primary.
    private static Change suspend(ClusterState state, Pause pause) {
        Pause already = state.paused();
        if (already != null) {
            return state.refuse("the cluster is paused already, by " + already.by());
        }
        if (state.systemId() == null) {
            return state.refuse("the cluster is not initialised yet");
        }
        boolean settled =
                state.lease() instanceof Lease.Vacant || state.currentLeader().isPresent();
        if (!settled || state.switchover() != null) {
            return state.refuse("a change of primary is under way");
        }
        return state.accept(state.copy().paused(pause));
    }

    /// The lease counts as renewed at this moment, and does not expire before its holder has heard
    /// of this: until then nothing but its agent ends its PostgreSQL, as the pause had it. A grace
    /// stands: it was granted to a PostgreSQL that goes on while its agent is away.
    private static Change resume(ClusterState state, Command.Resume resume) {
        if (state.paused() == null) {
            return state.lease() instanceof Lease.Held held
                            && held.unheard() != 0
                            && resume.leaderIsGone()
                    ? state.accept(state.copy().lease(held.resumed(0)))
                    : state.refuse("the cluster is not paused");
        }
        long number = state.resumes() + 1;
        ClusterStateBuilder resumed = state.copy().paused(null).resumes(number);
        if (state.lease() instanceof Lease.Held held) {
            resumed.lease(held.resumed(resume.leaderIsGone() ? 0 : number));
        }
        return state.accept(resumed);
    }

    private static Change beginSettings(ClusterState state, Command.BeginSettings begin) {
        if (!state.isHeldBy(begin.node(), begin.epoch())) {
            return state.refuse("epoch " + begin.epoch() + " is not held by " + begin.node());
        }
        if (state.settings() != null) {
            return state.refuse("the cluster has settings already");
        }
        return state.accept(state.copy().settings(begin.settings()));
    }

    private static Change changeSettings(ClusterState state, ClusterSettings changed) {
        ClusterSettings current = state.settings();
        if (current == null) {
            return state.refuse("the cluster has no settings yet: it has had no primary");
        }
        if (changed.version() != current.version() + 1) {
            return state.refuse(
                    "the configuration has version "
                            + current.version()
                            + " (by "
                            + current.by()
                            + "), not "
                            + (changed.version() - 1));
        }
        return state.accept(state.copy().settings(changed));
    }

    private static Change plan(ClusterState state, PlannedSwitchover plan) {
        PlannedSwitchover earlier = state.planned();
        if (earlier != null) {
            return state.refuse("a switchover is planned already, by " + earlier.by());
        }
        NodeName to = plan.to();
        if (to != null) {
            Member target = state.members().get(to);
            if (target == null) {
                return state.refuse("there is no member " + to);
            }
            if (target.witness()) {
                return state.refuse(to + " is a witness and holds no data");
            }
        }
        return state.accept(state.copy().planned(plan).dropped(null));
    }

    private static Change dropPlan(ClusterState state, PlannedSwitchover.Dropped dropped) {
        return dropped.plan().equals(state.planned())
                ? state.accept(state.copy().planned(null).dropped(dropped))
                : state.refuse("no such switchover is planned");
    }

    private static Change beginPlanned(ClusterState state, Command.BeginPlanned begin) {
        if (!begin.plan().equals(state.planned())) {
            return state.refuse("no such switchover is planned");
        }
        if (!state.isHeldBy(begin.node(), begin.epoch())) {
            return state.refuse("epoch " + begin.epoch() + " is not held by " + begin.node());
        }
        Change requested =
                state.apply(
                        new Command.RequestSwitchover(
                                new Switchover(begin.epoch(), begin.plan().to(), begin.plan())));
        return requested.refusal() == null
                ? state.accept(requested.state().copy().planned(null))
                : requested;
    }

    /// The record of a forced failover: what is known of what it leaves behind.
    static List<ForcedFailover> withForced(
            ClusterState state, Command.ForceFailover force, Vote chosen, Sync last) {
        Lsn reached = chosen.position().lsn();
        Lsn furthest = Lsn.max(reached, last.base().lsn());
        Written written = state.written();
        if (written != null && written.epoch().equals(last.epoch())) {
            furthest = Lsn.max(furthest, written.lsn());
        }
        for (Vote other : state.votes().values()) {
            furthest = Lsn.max(furthest, other.position().lsn());
        }
        List<NodeName> missing =
                last.voters().entrySet().stream()
                        .filter(voter -> !hasVoted(state, voter.getKey(), voter.getValue()))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toCollection(ArrayList::new));
        if (!hasVoted(state, last.leader(), last.leaderIncarnation())) {
            missing.add(last.leader());
        }
        List<ForcedFailover> forced = new ArrayList<>(state.forced());
        forced.add(
                new ForcedFailover(
                        force.epoch(),
                        force.to(),
                        force.by(),
                        force.atMillis(),
                        missing,
                        reached,
                        furthest.equals(reached) ? null : furthest));
        return forced;
    }

    private static boolean hasVoted(ClusterState state, NodeName node, Incarnation incarnation) {
        Vote vote = state.votes().get(node);
        return vote != null && vote.counts(incarnation);
    }
}

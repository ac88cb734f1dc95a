package io.howdah.cluster.synchronous;

import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// The next safe step from what is recorded and in force to what is wanted (10-cluster, "A vote is
/// a promise", rule 7). Pure.
///
/// Two things change by turns: what the agreed state records (`voters`, `required`: whom an
/// election asks) and what is in force in PostgreSQL (names, and how many of them a commit waits
/// for). Always: names in force ⊆ voters recorded, and required in force ≥ required recorded; or
/// nobody is recorded, and then only the leader itself can be elected. A record that asks *more* of
/// an election is safe at once. One that asks *less* (fewer voters, more required) is safe only
/// when the names that justify it are certain to be in force **and** that many of them have flushed
/// the end of WAL taken after that: otherwise a commit that only the dropped voter confirmed is
/// missed by the next election.
public final class SyncPlan {

    private SyncPlan() {}

    /// All that the plan looks at.
    ///
    /// @param recorded as agreed, of the running epoch
    /// @param inForce in PostgreSQL, for certain
    /// @param healthy members that stream in this epoch through their own slot
    /// @param flushed members of `inForce` that have flushed the end of WAL taken after it came
    ///   into force
    /// @param gone recorded voters whose data directory has another incarnation by now: they never
    ///   come back as they were
    /// @param patient whether members that are missing may still come back in time: nothing is
    ///   given up yet
    /// @param strict durability: writes wait rather than go on with the leader alone
    /// @param wanted how many acknowledgements the operator wants; 0 for `Sync.defaultRequired`
    public record Situation(
            Sync recorded,
            InForce inForce,
            SortedMap<NodeName, Incarnation> healthy,
            Set<NodeName> flushed,
            Set<NodeName> gone,
            boolean patient,
            boolean strict,
            int wanted) {}

    /// What to do next.
    public sealed interface Step {

        /// Nothing: all is as wanted.
        record Settled() implements Step {}

        /// Nothing until members have flushed, or come back.
        record Await() implements Step {}

        /// Agree on this first.
        record Agree(SortedMap<NodeName, Incarnation> voters, int required) implements Step {}

        /// Bring this into force first, for certain.
        record Enforce(InForce next) implements Step {}
    }

    /// The next step. Calling it again after each step that was done leads to `Settled`.
    public static Step next(Situation now) {
        return now.recorded().voters().isEmpty() ? fromNobody(now) : fromVoters(now);
    }

    private static Step fromNobody(Situation now) {
        if (now.healthy().isEmpty()) {
            InForce rest = now.strict() ? new InForce.Nobody() : new InForce.Alone();
            return now.inForce().equals(rest) ? new Step.Settled() : new Step.Enforce(rest);
        }
        InForce.Names goal = goal(now);
        return switch (now.inForce()) {
            // from no waiting to waiting: first see every commit wait, then say for whom
            case InForce.Alone alone -> new Step.Enforce(new InForce.Nobody());
            case InForce.Unknown unknown -> new Step.Enforce(new InForce.Nobody());
            case InForce.Nobody nobody -> new Step.Enforce(goal);
            case InForce.Names names when !names.equals(goal) -> new Step.Enforce(goal);
            case InForce.Names names -> recordOnceFlushed(goal, now);
        };
    }

    private static Step fromVoters(Situation situation) {
        Sync recorded = situation.recorded();
        Situation now = withoutCopiesOfVoters(situation);
        if (now.healthy().isEmpty()) {
            // a voter that was copied anew is another member now: the former has to leave before
            // the new one counts, and
            // with nobody recorded only the leader itself can be elected, which is safe whatever is
            // in force
            return situation.healthy().isEmpty()
                    ? nobodyLeft(now)
                    : new Step.Agree(new TreeMap<>(), 0);
        }
        TreeMap<NodeName, Incarnation> all = new TreeMap<>(recorded.voters());
        all.putAll(now.healthy());
        if (!all.equals(recorded.voters())) {
            return new Step.Agree(all, recorded.required());
        }
        InForce.Names goal = goal(now);
        if (goal.required() < recorded.required()) {
            return new Step.Agree(recorded.voters(), goal.required());
        }
        if (now.inForce() instanceof InForce.Unknown) {
            return new Step.Enforce(new InForce.Nobody());
        }
        if (!now.inForce().equals(goal)) {
            return new Step.Enforce(goal);
        }
        boolean recordedAsWanted =
                recorded.voters().equals(goal.members()) && recorded.required() == goal.required();
        return recordedAsWanted ? new Step.Settled() : recordOnceFlushed(goal, now);
    }

    private static Situation withoutCopiesOfVoters(Situation now) {
        TreeMap<NodeName, Incarnation> healthy = new TreeMap<>(now.healthy());
        healthy.entrySet()
                .removeIf(member -> {
                    Incarnation recorded = now.recorded().voters().get(member.getKey());
                    return recorded != null && !recorded.equals(member.getValue());
                });
        return new Situation(
                now.recorded(),
                now.inForce(),
                healthy,
                now.flushed(),
                now.gone(),
                now.patient(),
                now.strict(),
                now.wanted());
    }

    private static Step nobodyLeft(Situation now) {
        if (now.patient()) {
            return new Step.Await();
        }
        if (!now.strict() || now.gone().containsAll(now.recorded().voters().keySet())) {
            // from here on only the leader itself can be elected: only then may it go on alone
            return new Step.Agree(new TreeMap<>(), 0);
        }
        return now.inForce() instanceof InForce.Nobody
                ? new Step.Await()
                : new Step.Enforce(new InForce.Nobody());
    }

    private static Step recordOnceFlushed(InForce.Names goal, Situation now) {
        long confirmed = goal.members().keySet().stream().filter(now.flushed()::contains).count();
        return confirmed >= goal.required()
                ? new Step.Agree(goal.members(), goal.required())
                : new Step.Await();
    }

    private static InForce.Names goal(Situation now) {
        int members = now.healthy().size();
        int required =
                now.wanted() == 0 ? Sync.defaultRequired(members) : Math.min(now.wanted(), members);
        return new InForce.Names(now.healthy(), required);
    }
}

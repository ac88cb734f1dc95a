package io.howdah.cluster.agent;

import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Member;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.cluster.synchronous.SyncPlan;
import io.howdah.cluster.synchronous.SynchronousChoice;
import io.howdah.postgres.Lsn;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out `SyncPlan` on a leader, a step at a time, and knows what is in force. For one
/// thread.
final class SyncDriver {

    /// What tending came to.
    enum Progress {
        /// All as wanted.
        SETTLED,
        /// A step was done: look again at once.
        MOVED,
        /// Waiting for members.
        WAITING
    }

    private static final Logger LOG = LoggerFactory.getLogger(SyncDriver.class);

    private final NodeName self;
    private final LocalPostgres local;
    private final Proposals proposals;
    private final FollowerHealth health;
    private final ClusterSettings first;
    private final Steps steps;
    private InForce inForce = new InForce.Unknown();
    private boolean recordUncertain;
    private Lsn mark = Lsn.ZERO;

    SyncDriver(
            NodeName self,
            LocalPostgres local,
            Proposals proposals,
            FollowerHealth health,
            ClusterSettings first,
            Steps steps) {
        this.self = self;
        this.local = local;
        this.proposals = proposals;
        this.health = health;
        this.first = first;
        this.steps = steps;
    }

    /// A primary begins an epoch with this in force. No change of its voters was asked for yet.
    ///
    /// @param end a position from which on commits wait for it; whoever has flushed it holds all
    ///   that can be read here
    void begin(InForce now, Lsn end) {
        inForce = now;
        mark = end;
        recordUncertain = false;
    }

    /// A primary goes on in an epoch that its node led before: by an agent or a server that has
    /// ended since, whose last change of voters may still be on its way to the log.
    ///
    /// @param now `Unknown` where nobody knows
    void goOn(InForce now) {
        inForce = now;
        mark = Lsn.ZERO;
        recordUncertain = true;
    }

    private boolean record(Command.SetVoters command) {
        recordUncertain = true;
        boolean agreed = proposals.agree(command);
        steps.reached(Step.VOTERS_AGREED);
        recordUncertain = false;
        return agreed;
    }

    /// A change whose answer did not come may still be applied later. Recording once more what is
    /// recorded now gives it a new version, and so makes the stray one void; until that is agreed
    /// nothing may rest on the record.
    private boolean settleRecord(Sync recorded, Epoch epoch) {
        return record(
                new Command.SetVoters(
                        self, epoch, recorded.version(), recorded.voters(), recorded.required()));
    }

    /// Whether everything that can be read here is held by as many members as an acknowledged
    /// commit is, or nobody but this node can be elected.
    boolean isOpenable(Sync recorded) {
        if (recordUncertain) {
            return false;
        }
        return switch (inForce) {
            case InForce.Alone alone -> recorded.voters().isEmpty();
            case InForce.Nobody nobody -> recorded.voters().isEmpty();
            case InForce.Unknown unknown -> false;
            case InForce.Names names -> confirmed(names) >= names.required();
        };
    }

    private long confirmed(InForce.Names names) {
        Set<NodeName> flushed = health.flushed(mark);
        return names.members().keySet().stream().filter(flushed::contains).count();
    }

    /// Those that no commit may wait for: by the operator's wish, or as they are taken out.
    private Set<NodeName> nosync(ClusterState state) {
        return health.healthy().keySet().stream()
                .filter(node -> {
                    Member member = state.members().get(node);
                    return member == null
                            || member.tags().nosync()
                            || state.leaving().contains(node);
                })
                .collect(Collectors.toSet());
    }

    private static Set<NodeName> gone(ClusterState state, Sync recorded) {
        return recorded.voters().entrySet().stream()
                .filter(voter -> {
                    Member member = state.members().get(voter.getKey());
                    return member != null && !voter.getValue().equals(member.incarnation());
                })
                .map(Map.Entry::getKey)
                .collect(Collectors.toSet());
    }

    /// Does the next step, if there is one.
    Progress tend(Epoch epoch, long nowNanos) {
        ClusterState state = proposals.seen().orElse(ClusterState.INITIAL);
        Sync recorded = state.sync();
        if (recorded == null || !recorded.epoch().equals(epoch)) {
            return Progress.WAITING;
        }
        health.look(local.followers(), epoch, nowNanos);
        Set<NodeName> nosync = nosync(state);
        health.countWithout(nosync, nowNanos);
        if (!(inForce instanceof InForce.Unknown) && !local.isEnforced(inForce, epoch)) {
            LOG.warn("somebody has changed synchronous_standby_names: it is taken back");
            inForce = new InForce.Unknown();
        }
        if (recordUncertain) {
            return settleRecord(recorded, epoch) ? Progress.MOVED : Progress.WAITING;
        }
        ClusterSettings wanted = Objects.requireNonNullElse(state.settings(), first);
        SyncPlan.Step step =
                SyncPlan.next(
                        new SyncPlan.Situation(
                                recorded,
                                inForce,
                                new SynchronousChoice(
                                                self,
                                                state.members(),
                                                recorded.voters().keySet(),
                                                nosync)
                                        .of(health.healthy(), wanted.synchronousStandbys()),
                                health.flushed(mark),
                                gone(state, recorded),
                                health.isPatientAt(nowNanos),
                                wanted.strict(),
                                wanted.synchronousStandbys()));
        return switch (step) {
            case SyncPlan.Step.Settled settled ->
                    isOpenable(recorded) ? Progress.SETTLED : Progress.WAITING;
            case SyncPlan.Step.Await await -> Progress.WAITING;
            case SyncPlan.Step.Agree(var voters, int required) -> {
                LOG.info(
                        "voters are now {}, {} of which hold each commit",
                        voters.keySet(),
                        required);
                yield record(
                                new Command.SetVoters(
                                        self, epoch, recorded.version(), voters, required))
                        ? Progress.MOVED
                        : Progress.WAITING;
            }
            case SyncPlan.Step.Enforce(InForce next) -> {
                LOG.info("commits now wait for {}", next);
                inForce = new InForce.Unknown();
                mark = local.enforce(next, epoch);
                steps.reached(Step.NAMES_IN_FORCE);
                inForce = next;
                yield Progress.MOVED;
            }
        };
    }
}

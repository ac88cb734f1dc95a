package io.howdah.cluster.agent;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.election.Election;
import io.howdah.cluster.lease.BootClock;
import io.howdah.cluster.lease.LeaseKeeper;
import io.howdah.cluster.member.CopySources;
import io.howdah.cluster.member.LocalPostgres;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.member.Upstream;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterSettings;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import io.howdah.cluster.step.Step;
import io.howdah.cluster.step.Steps;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.TimelineHistory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Performs the acts that `Rules` decide on, one at a time, and keeps what they promise. For one
/// thread.
final class Hands {

    /// How long the loop may rest after an act.
    enum Rest {
        /// Look again at once.
        NONE,
        /// Something is under way that sends no event.
        SHORT,
        /// All is as it should be.
        LONG
    }

    private static final Duration PRIMARY_STOP = Duration.ofMinutes(5);
    private static final Duration STANDBY_STOP = Duration.ofSeconds(30);
    private static final Logger LOG = LoggerFactory.getLogger(Hands.class);

    private final NodeName self;
    private final LocalPostgres local;
    private final Proposals proposals;
    private final LeaseKeeper lease;
    private final Service service;
    private final BootClock clock;
    private final FollowerHealth health;
    private final SyncDriver sync;
    private final ClusterSettings first;
    private final HandOver handOver;
    private final Steps steps;
    private Epoch promised = Epoch.NONE;
    private Epoch openableEpoch = Epoch.NONE;
    private boolean checkpointDue;

    Hands(
            AgentSettings settings,
            LocalPostgres local,
            Proposals proposals,
            LeaseKeeper lease,
            Service service,
            BootClock clock,
            Steps steps) {
        this.self = settings.self();
        this.first = settings.first();
        this.local = local;
        this.proposals = proposals;
        this.lease = lease;
        this.service = service;
        this.clock = clock;
        this.steps = steps;
        this.health = new FollowerHealth(settings.terms().lease().toNanos());
        this.sync = new SyncDriver(self, local, proposals, health, settings.first(), steps);
        this.handOver = new HandOver(self, local, proposals, lease, health, service, clock, steps);
    }

    /// Remembers what this node had promised before it was restarted: its vote, if there is one,
    /// was cast for the next epoch, or for the one that it has led to already.
    void remember(ClusterState state) {
        if (state.votes().containsKey(self)) {
            promised = state.lease() instanceof Lease.Vacant ? state.epoch().next() : state.epoch();
        }
    }

    /// The highest epoch that this node has voted in.
    Epoch promised() {
        return promised;
    }

    /// Whether enough voters were streaming a moment ago to elect one of them.
    boolean votersHealthy(ClusterState state) {
        return state.sync() != null && health.canElect(state.sync());
    }

    /// Whether nothing can be read on the leader of `epoch` that could vanish.
    boolean mayOpen(ClusterState state, Epoch epoch) {
        Sync recorded = state.sync();
        return openableEpoch.equals(epoch) || (recorded != null && sync.isOpenable(recorded));
    }

    /// Does it.
    ///
    /// @throws RuntimeException when it could not be done; the situation is then looked at anew
    Rest perform(Act act, Situation now) throws InterruptedException {
        return switch (act) {
            case Act.Wait wait -> rest(now, wait);
            case Act.Refuse refuse -> Rest.LONG;
            case Act.ProposeInitialise propose ->
                    submitted(new Command.Initialise(self, clock.wallMillis()));
            case Act.Initialise initialise -> {
                service.excused(local::initialise);
                yield Rest.NONE;
            }
            case Act.Adopt adopt -> adopt(adopt.order());
            case Act.TakeIn takeIn -> {
                local.takeIn(takeIn.order());
                yield Rest.NONE;
            }
            case Act.Kill kill -> {
                local.kill();
                yield Rest.NONE;
            }
            case Act.StartStandby start -> {
                local.startStandby(start.rewoundTo().map(leader -> upstream(leader, now.state())));
                yield Rest.SHORT;
            }
            case Act.StartPrimary start -> {
                // whatever comes of it: its crash recovery may bring back what nobody else has
                // flushed
                openableEpoch = Epoch.NONE;
                health.begin(clock.nanos());
                sync.goOn(new InForce.Unknown());
                service.startExcusedTwice(local::startPrimary);
                sync.goOn(new InForce.Nobody());
                yield Rest.SHORT;
            }
            case Act.CutOff cut -> {
                local.cut();
                yield Rest.NONE;
            }
            case Act.DiscardInitialised discard -> {
                local.discardInitialised();
                yield Rest.NONE;
            }
            case Act.CutAndVote vote -> {
                Vote given = cut(vote.epoch(), now);
                Rest rest = submitted(new Command.CastVote(self, vote.epoch(), given));
                steps.reached(Step.VOTED);
                yield rest;
            }
            case Act.CatchUp from -> {
                local.catchUp(upstream(from.from(), from.ended(), now.state()));
                yield Rest.SHORT;
            }
            case Act.Claim claim -> {
                Vote given = cut(claim.epoch(), now);
                boolean taken = taken(lease.claim(claim.epoch(), given).join());
                steps.reached(Step.CLAIMED);
                yield taken ? Rest.NONE : Rest.SHORT;
            }
            case Act.ClaimToInitialise claim -> {
                yield taken(lease.claim(claim.epoch(), null).join()) ? Rest.NONE : Rest.SHORT;
            }
            case Act.TakeOver takeOver -> takeOver(takeOver.epoch());
            case Act.Release release -> {
                lease.drop();
                yield submitted(
                        new Command.Release(
                                self, release.epoch(), release.reason(), clock.wallMillis()));
            }
            case Act.Promote promote -> promote(promote, now.state());
            case Act.Announce announce -> announce(announce, now);
            case Act.Open open -> {
                local.open();
                yield Rest.NONE;
            }
            case Act.Tend tend -> tend(tend, now);
            case Act.HandOver request -> handOver(request.switchover(), now.state());
            case Act.Restart restart -> {
                stopToRestart(restart.primary());
                yield Rest.NONE;
            }
            case Act.Decline decline -> Rest.NONE;
            case Act.Follow follow -> {
                local.follow(upstream(follow.leader(), now.state()));
                yield Rest.SHORT;
            }
            case Act.Rejoin rejoin -> {
                local.rejoin(
                        upstream(rejoin.leader(), now.state()),
                        copySources(rejoin.leader(), now.state()));
                yield Rest.NONE;
            }
            case Act.Copy copy -> {
                local.copy(
                        upstream(copy.leader(), now.state()),
                        copySources(copy.leader(), now.state()));
                yield Rest.NONE;
            }
        };
    }

    /// While it is prepared whoever is lost is given up as ever.
    private Rest handOver(Switchover request, ClusterState state) {
        return switch (handOver.perform(request, state)) {
            case PREPARING -> {
                sync.tend(request.epoch(), clock.nanos());
                yield Rest.SHORT;
            }
            case HANDED_OVER -> Rest.NONE;
            case GIVEN_UP -> Rest.SHORT;
        };
    }

    /// A primary is given all the time that its last checkpoint takes; a standby that does not stop
    /// is ended, as nothing rests on it.
    private void stopToRestart(boolean primary) {
        if (primary) {
            service.excused(() -> {
                local.checkpoint();
                local.stop(PRIMARY_STOP);
            });
            return;
        }
        try {
            local.stop(STANDBY_STOP);
        } catch (RuntimeException e) {
            LOG.info("PostgreSQL does not stop in order, ending it: {}", e.getMessage());
            local.kill();
        }
    }

    /// What the former server had is agreed together with its database, so that the first start is
    /// with it.
    private Rest adopt(AdoptionOrder order) {
        long sinceMillis = clock.wallMillis();
        Position end = local.stopFormer(order);
        SortedMap<String, String> parameters = new TreeMap<>(order.parameters());
        parameters.putAll(first.parameters());
        List<String> access = new ArrayList<>(first.access());
        access.addAll(order.access());
        Rest rest =
                submitted(
                        new Command.Adopt(
                                self,
                                order.incarnation(),
                                order.systemId(),
                                end,
                                new ClusterSettings(
                                        1,
                                        "adoption of " + self + " by " + order.by(),
                                        clock.wallMillis(),
                                        first.strict(),
                                        first.synchronousStandbys(),
                                        parameters,
                                        access),
                                sinceMillis,
                                order.highest()));
        steps.reached(Step.ADOPTION_AGREED);
        return rest;
    }

    private boolean taken(LeaseKeeper.Taken answer) {
        proposals.awaitSeen(answer.index());
        return answer.held();
    }

    private Vote cut(Epoch epoch, Situation now) {
        if (!(now.local() instanceof LocalStatus.Standby standby)) {
            throw new IllegalStateException("only a standby can be cut off: " + now.local());
        }
        Position position = Strays.position(local.cut(), now);
        promised = epoch;
        steps.reached(Step.CUT_DONE);
        return new Vote(standby.incarnation(), position, !Strays.isCertain(now, standby));
    }

    private Rest takeOver(Epoch epoch) {
        if (taken(lease.takeOver(epoch).join())) {
            health.begin(clock.nanos());
            sync.goOn(new InForce.Unknown());
            // the agent before may have ended between a promotion and its checkpoint
            checkpointDue = true;
            LOG.info("took over as the leader of epoch {}", epoch);
            return Rest.NONE;
        }
        return Rest.SHORT;
    }

    private Rest promote(Act.Promote promote, ClusterState state) {
        Sync recorded = state.sync();
        InForce first =
                recorded == null || recorded.voters().isEmpty()
                        ? new InForce.Nobody()
                        : new InForce.Names(recorded.voters(), recorded.required());
        TimelineHistory promoted =
                service.excusedWhileItAdvances(advanced ->
                        local.promote(promote.timeline(), first, promote.epoch(), advanced));
        Position base = Position.beginningOf(promoted);
        health.begin(clock.nanos());
        sync.begin(first, base.lsn());
        // what it recovered is in its base, which every later winner must contain: nothing read
        // here can vanish
        openableEpoch = promote.epoch();
        return announce(promote.epoch(), promoted, base);
    }

    private Rest announce(Act.Announce announce, Situation now) {
        if (!(now.local() instanceof LocalStatus.Primary primary)) {
            return Rest.SHORT;
        }
        TimelineHistory history = primary.position().history();
        if (now.state().systemId() == null) {
            openableEpoch = announce.epoch();
        }
        // the first timeline has no beginning that others could share: where it is now is where it
        // begins for them
        Position base =
                history.ended().isEmpty() ? primary.position() : Position.beginningOf(history);
        return announce(announce.epoch(), history, base);
    }

    private Rest announce(Epoch epoch, TimelineHistory history, Position base) {
        if (!(local.status() instanceof LocalStatus.Primary primary)) {
            return Rest.SHORT;
        }
        boolean announced =
                proposals.agree(
                        new Command.Announce(
                                self,
                                epoch,
                                primary.incarnation(),
                                base,
                                history,
                                primary.systemId(),
                                clock.wallMillis()));
        steps.reached(Step.ANNOUNCED);
        checkpointDue |= announced;
        return announced ? Rest.NONE : Rest.SHORT;
    }

    private Rest tend(Act.Tend tend, Situation now) {
        long nanos = clock.nanos();
        SyncDriver.Progress progress = sync.tend(tend.epoch(), nanos);
        beginCheckpoint(progress, nanos);
        keepSlots(now, true);
        local.keepRoles(tend.epoch());
        if (now.state().settings() == null) {
            return submitted(new Command.BeginSettings(self, tend.epoch(), first));
        }
        Optional<Command> due =
                PlannedSwitchovers.due(now.state(), self, tend.epoch(), clock.wallMillis());
        if (due.isPresent()) {
            LOG.info("scheduled switchover: {}", due.get());
            return submitted(due.get());
        }
        return switch (progress) {
            case SETTLED -> Rest.LONG;
            case MOVED -> Rest.NONE;
            case WAITING -> Rest.SHORT;
        };
    }

    /// The one after a promotion: a later recovery then begins there, and a standby that is rewound
    /// learns of the timeline by it. Not before commits wait for those who are there: while the
    /// checkpointer hurries it heeds no change of `synchronous_standby_names` from somebody to
    /// nobody, and the commits that wait would wait on.
    private void beginCheckpoint(SyncDriver.Progress progress, long nanos) {
        boolean awaitsFollowers =
                progress == SyncDriver.Progress.WAITING && health.isPatientAt(nanos);
        if (checkpointDue && progress != SyncDriver.Progress.MOVED && !awaitsFollowers) {
            checkpointDue = false;
            // nothing rests on it
            CompletableFuture<Void> _ = local.beginCheckpoint();
        }
    }

    private void keepSlots(Situation now, boolean primary) {
        Set<NodeName> others =
                now.state().members().entrySet().stream()
                        .filter(member ->
                                !member.getValue().witness() && !member.getKey().equals(self))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        local.keepSlots(others, primary);
    }

    private Rest rest(Situation now, Act.Wait wait) {
        if (now.local() instanceof LocalStatus.Standby
                && (wait.why().isEmpty() || othersCatchUpFromHere(now.state()))) {
            keepSlots(now, false);
        }
        return wait.why().isEmpty() ? Rest.LONG : Rest.SHORT;
    }

    /// Whoever catches up from here streams through its own slot.
    private boolean othersCatchUpFromHere(ClusterState state) {
        return state.lease() instanceof Lease.Vacant
                && Election.of(state) instanceof Election.Verdict.CatchUp needed
                && needed.from().equals(self);
    }

    /// Those that the operator named for it. Whether they follow is asked of them when it comes to
    /// it.
    private CopySources copySources(Announcement leader, ClusterState state) {
        Sync recorded = state.sync();
        if (recorded != null && recorded.voters().containsKey(self)) {
            // others may lack what was acknowledged because it is here
            return CopySources.LEADER_ALONE;
        }
        return CopySources.anywhere(clonefrom(leader, state));
    }

    private List<Upstream> clonefrom(Announcement leader, ClusterState state) {
        return state.members().entrySet().stream()
                .filter(member -> member.getValue().tags().clonefrom())
                .map(Map.Entry::getKey)
                .filter(node -> !node.equals(self) && !node.equals(leader.leader()))
                .map(node -> upstream(node, leader.epoch(), state))
                .toList();
    }

    private static Upstream upstream(Announcement leader, ClusterState state) {
        return upstream(leader.leader(), leader.epoch(), state);
    }

    private static Upstream upstream(NodeName node, Epoch epoch, ClusterState state) {
        return Upstream.of(node, epoch, state)
                .orElseThrow(() ->
                        new IllegalStateException(node + " has not reported its address yet"));
    }

    private Rest submitted(Command command) {
        return proposals.agree(command) ? Rest.NONE : Rest.SHORT;
    }
}

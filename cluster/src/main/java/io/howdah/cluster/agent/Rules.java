package io.howdah.cluster.agent;

import io.howdah.cluster.election.Election;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.Announcement;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Switchover;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.wire.ServerAddress;
import java.util.Optional;

/// What a node with PostgreSQL does next (10-cluster, "What the agent does"). Pure: every rule is a
/// function of the situation alone, so each can be shown in a test.
public final class Rules {

    private Rules() {}

    /// The next act. After it is done, or has failed, the situation is looked at anew.
    public static Act next(Situation now) {
        Act act = unpaused(now);
        return now.state().paused() == null ? act : PausedRules.filter(act);
    }

    private static Act unpaused(Situation now) {
        if (now.local() instanceof LocalStatus.Absent absent && absent.runs()) {
            // before anything else, and before the lease is given back
            return new Act.Kill("its data directory is not in its place any more");
        }
        if (now.local() instanceof LocalStatus.Unusable unusable && unusable.runs()) {
            return new Act.Kill("its data directory cannot be used any more");
        }
        Optional<Act> adopting = AdoptingRules.next(now).or(() -> AdoptingRules.awaiting(now));
        if (adopting.isPresent() && !now.state().isGone(now.self())) {
            return adopting.get();
        }
        Optional<String> foreign = foreignData(now);
        if (now.local() instanceof LocalStatus.Unusable unusable) {
            return now.state()
                    .held()
                    .filter(held -> held.node().equals(now.self()))
                    .<Act>map(held ->
                            new Act.Release(
                                    held.epoch(),
                                    "data directory of " + now.self() + " cannot be used"))
                    .orElse(new Act.Refuse(foreign.orElse(unusable.problem())));
        }
        if (foreign.isPresent() && now.unfinishedInitialisation()) {
            return new Act.DiscardInitialised();
        }
        if (foreign.isPresent()) {
            return new Act.Refuse(foreign.get());
        }
        if (now.state().isGone(now.self())) {
            return takenOut(now.local());
        }
        if (now.state().systemId() == null) {
            return initialising(now);
        }
        if (now.held().isPresent()) {
            return leading(now, now.held().get());
        }
        return following(now);
    }

    /// It is nobody's member any more: what it holds is left as it is, and stopped.
    private static Act takenOut(LocalStatus local) {
        return isEnded(local)
                ? new Act.Refuse(
                        "this node was taken out of the cluster"
                                + "\nHINT: stop it; to take it back in, give it an empty directory and start it")
                : new Act.Kill("its node was taken out of the cluster");
    }

    private static Optional<String> foreignData(Situation now) {
        SystemId agreed = now.state().systemId();
        Optional<SystemId> own = systemId(now.local());
        return agreed == null || own.isEmpty() || own.get().equals(agreed)
                ? Optional.empty()
                : Optional.of(
                        "the data directory belongs to another cluster: its system identifier is "
                                + own.get()
                                + ", this cluster's is "
                                + agreed
                                + "\nHINT: give this node an empty directory, or the right one");
    }

    static Optional<SystemId> systemId(LocalStatus local) {
        return switch (local) {
            case LocalStatus.Absent absent -> Optional.empty();
            case LocalStatus.Unusable unusable -> unusable.holds();
            case LocalStatus.Stopped stopped -> Optional.of(stopped.systemId());
            case LocalStatus.Silent silent -> Optional.of(silent.systemId());
            case LocalStatus.Standby standby -> Optional.of(standby.systemId());
            case LocalStatus.Primary primary -> Optional.of(primary.systemId());
        };
    }

    /// Before the cluster exists: one node initialises, the others wait.
    private static Act initialising(Situation now) {
        boolean empty = now.local() instanceof LocalStatus.Absent;
        if (!empty && !now.unfinishedInitialisation()) {
            return new Act.Refuse(
                    "the cluster's agreed state is empty, but this node's data directory is not: a cluster is not made from it unasked"
                            + "\nHINT: keep these data if they may be the last ones, and look into docs/operations.md, \"When a majority is gone for good\"; for a new cluster, give this node an empty directory");
        }
        return switch (now.state().lease()) {
            case Lease.Vacant vacant -> new Act.ProposeInitialise();
            case Lease.Offered offered when offered.to().equals(now.self()) ->
                    new Act.ClaimToInitialise(offered.epoch());
            case Lease.Offered offered ->
                    new Act.Wait("waiting for " + offered.to() + " to initialise the cluster");
            case Lease.Held held when !held.node().equals(now.self()) ->
                    new Act.Wait("waiting for " + held.node() + " to initialise the cluster");
            case Lease.Held held when now.held().isEmpty() ->
                    new Act.Release(held.epoch(), "initialisation interrupted");
            case Lease.Held held ->
                    switch (now.local()) {
                        case LocalStatus.Absent absent -> new Act.Initialise();
                        case LocalStatus.Unusable unusable -> new Act.Refuse(unusable.problem());
                        case LocalStatus.Stopped stopped when stopped.leftovers() ->
                                new Act.Kill("what runs there is no server of ours");
                        case LocalStatus.Stopped stopped -> new Act.StartPrimary();
                        case LocalStatus.Silent silent -> new Act.Wait(silent.why());
                        case LocalStatus.Standby standby ->
                                new Act.Kill("a new cluster begins with a primary");
                        case LocalStatus.Primary primary -> new Act.Announce(held.epoch());
                    };
        };
    }

    /// The holder of the lease.
    private static Act leading(Situation now, Epoch epoch) {
        ClusterState state = now.state();
        if (!(state.lease() instanceof Lease.Held held) || !state.isHeldBy(now.self(), epoch)) {
            return new Act.Wait("waiting to see epoch " + epoch + " here");
        }
        boolean announced = state.currentLeader().isPresent();
        if (isAnotherThanLeads(now, epoch)) {
            return isEnded(now.local())
                    ? new Act.Release(epoch, "data directory of " + now.self() + " was replaced")
                    : new Act.Kill("its data directory is not the one that leads");
        }
        return switch (now.local()) {
            case LocalStatus.Absent absent ->
                    new Act.Release(epoch, "data directory of " + now.self() + " is gone");
            case LocalStatus.Unusable unusable -> new Act.Refuse(unusable.problem());
            case LocalStatus.Stopped stopped when stopped.leftovers() ->
                    new Act.Kill("what runs there is no server of ours");
            case LocalStatus.Stopped stopped when !announced ->
                    new Act.Release(epoch, "promotion of " + now.self() + " failed");
            case LocalStatus.Stopped stopped when now.strayedFrom().isPresent() ->
                    new Act.Release(epoch, "data of " + now.self() + " have strayed");
            case LocalStatus.Stopped stopped when state.switchover() != null ->
                    new Act.Release(epoch, "switchover from " + now.self() + " was interrupted");
            case LocalStatus.Stopped stopped
                    when now.request().equals(Optional.of(LocalRequest.RESTART_IN_PLACE)) ->
                    new Act.StartPrimary();
            case LocalStatus.Stopped stopped when now.votersHealthy() ->
                    new Act.Release(epoch, "PostgreSQL of " + now.self() + " crashed");
            case LocalStatus.Stopped stopped -> new Act.StartPrimary();
            case LocalStatus.Silent silent -> new Act.Wait(silent.why());
            case LocalStatus.Standby standby when announced ->
                    // a primary of this epoch was here; what runs now was not started by us
                    new Act.Kill("it runs as a standby though its node leads");
            case LocalStatus.Standby standby -> new Act.Promote(epoch, held.timeline());
            case LocalStatus.Primary primary
                    when !primary.position().history().current().equals(held.timeline()) ->
                    new Act.Kill(
                            "it is on timeline "
                                    + primary.position().history().current()
                                    + ", granted is "
                                    + held.timeline());
            case LocalStatus.Primary primary when !announced && now.strayedFrom().isPresent() ->
                    new Act.Kill(Strays.WHY);
            case LocalStatus.Primary primary when !announced -> new Act.Announce(epoch);
            case LocalStatus.Primary primary -> leadingOpenly(now, epoch, primary);
        };
    }

    /// Whether somebody has put another data directory in the place of the one that claimed the
    /// epoch: it may lack what that had, and only an operator may choose it.
    private static boolean isAnotherThanLeads(Situation now, Epoch epoch) {
        Sync recorded = now.state().sync();
        return recorded != null
                && recorded.epoch().equals(epoch)
                && incarnation(now.local())
                        .filter(own -> !recorded.isLeader(now.self(), own))
                        .isPresent();
    }

    private static Optional<Incarnation> incarnation(LocalStatus local) {
        return switch (local) {
            case LocalStatus.Absent absent -> Optional.empty();
            case LocalStatus.Unusable unusable -> Optional.empty();
            case LocalStatus.Stopped stopped -> Optional.of(stopped.incarnation());
            case LocalStatus.Silent silent -> Optional.of(silent.incarnation());
            case LocalStatus.Standby standby -> Optional.of(standby.incarnation());
            case LocalStatus.Primary primary -> Optional.of(primary.incarnation());
        };
    }

    private static boolean isEnded(LocalStatus local) {
        return local instanceof LocalStatus.Absent
                || (local instanceof LocalStatus.Stopped stopped && !stopped.leftovers());
    }

    private static Act leadingOpenly(Situation now, Epoch epoch, LocalStatus.Primary primary) {
        Switchover switchover = now.state().switchover();
        if (switchover != null && switchover.epoch().equals(epoch)) {
            return new Act.HandOver(switchover);
        }
        if (primary.open() && now.request().isPresent()) {
            return RequestRules.leading(now.request().get(), now, epoch);
        }
        return !primary.open() && now.mayOpen() ? new Act.Open() : new Act.Tend(epoch);
    }

    /// Everybody else.
    private static Act following(Situation now) {
        Lease lease = now.state().lease();
        if (lease instanceof Lease.Held held && held.node().equals(now.self())) {
            return holderWithoutLease(now, held);
        }
        if (now.local() instanceof LocalStatus.Primary
                || (now.local() instanceof LocalStatus.Silent silent && silent.mayBePrimary())) {
            return new Act.Kill("it is a primary and its node does not hold the lease");
        }
        if (now.local() instanceof LocalStatus.Standby standby && standby.promoted()) {
            // it would become a primary by itself, once it has replayed what it has
            return new Act.Kill("a promotion was asked of it in an epoch that is over");
        }
        if (now.local() instanceof LocalStatus.Stopped stopped) {
            return stopped.leftovers()
                    ? new Act.Kill("what runs there is no server of ours")
                    : starting(now, stopped);
        }
        return switch (lease) {
            case Lease.Vacant vacant -> voting(now);
            case Lease.Offered offered
                    when offered.to().equals(now.self()) && !Strays.mayLead(now) ->
                    new Act.Wait("epoch " + offered.epoch() + " is offered, but " + Strays.WHY);
            case Lease.Offered offered when offered.to().equals(now.self()) ->
                    now.local() instanceof LocalStatus.Standby
                            ? new Act.Claim(offered.epoch())
                            : new Act.Wait(
                                    "epoch "
                                            + offered.epoch()
                                            + " is offered, but PostgreSQL is not up");
            case Lease.Offered offered ->
                    awaitingLeader(
                            now,
                            offered.epoch(),
                            "waiting for " + offered.to() + " to take epoch " + offered.epoch());
            case Lease.Held held -> attaching(now, held);
        };
    }

    /// The agreed state says that we lead, our own keeper does not: the agent was restarted, or was
    /// fenced.
    private static Act holderWithoutLease(Situation now, Lease.Held held) {
        if (isAnotherThanLeads(now, held.epoch()) && now.local().mayAcceptWrites()) {
            return new Act.Kill("its data directory is not the one that leads");
        }
        return switch (now.local()) {
            case LocalStatus.Primary primary -> new Act.TakeOver(held.epoch());
            case LocalStatus.Standby standby when now.state().currentLeader().isEmpty() ->
                    new Act.TakeOver(held.epoch());
            case LocalStatus.Standby standby ->
                    new Act.Release(held.epoch(), now.self() + " does not hold its lease any more");
            case LocalStatus.Stopped stopped when stopped.leftovers() ->
                    new Act.Kill("what runs there is no server of ours");
            case LocalStatus.Stopped stopped ->
                    new Act.Release(held.epoch(), now.self() + " does not hold its lease any more");
            case LocalStatus.Absent absent ->
                    new Act.Release(held.epoch(), "data directory of " + now.self() + " is gone");
            case LocalStatus.Silent silent -> new Act.Wait(silent.why());
            case LocalStatus.Unusable unusable -> new Act.Refuse(unusable.problem());
        };
    }

    private static Act voting(Situation now) {
        Epoch next = now.state().epoch().next();
        if (!(now.local() instanceof LocalStatus.Standby standby)) {
            return new Act.Wait("there is no primary, and PostgreSQL here is not up to vote");
        }
        Vote given = now.state().votes().get(now.self());
        if (given == null || !given.incarnation().equals(standby.incarnation())) {
            return now.holdsVoteBack()
                    ? new Act.Wait("no primary: those in better shape are to vote first")
                    : new Act.CutAndVote(next);
        }
        return switch (Election.of(now.state())) {
            // votes are judged when one is cast: a tag that was taken off since changes the
            // verdict,
            // but nobody has asked
            case Election.Verdict.Winner winner -> new Act.CutAndVote(next);
            case Election.Verdict.Undecided undecided ->
                    new Act.Wait("no primary: " + undecided.why());
            case Election.Verdict.Withheld withheld ->
                    new Act.Wait("no primary: " + withheld.why());
            case Election.Verdict.CatchUp needed when needed.members().contains(now.self()) ->
                    catchingUp(now.state(), standby, needed);
            case Election.Verdict.CatchUp needed -> new Act.Wait("no primary: " + needed.why());
        };
    }

    /// It has voted, and somebody who may not lead reaches further.
    private static Act catchingUp(
            ClusterState state, LocalStatus.Standby standby, Election.Verdict.CatchUp needed) {
        return standby.position().filter(reached -> reached.contains(needed.target())).isPresent()
                ? new Act.CutAndVote(state.epoch().next())
                : new Act.CatchUp(needed.from(), state.epoch(), needed.target());
    }

    /// The leader before is over for good. Who cuts itself off from it now can follow the next one
    /// as soon as that is announced: its first commits wait for that.
    private static Act awaitingLeader(Situation now, Epoch coming, String why) {
        return now.local() instanceof LocalStatus.Standby standby
                ? standby.following()
                        .filter(epoch -> epoch.compareTo(coming) < 0)
                        .<Act>map(Act.CutOff::new)
                        .orElseGet(() -> new Act.Wait(why))
                : new Act.Wait(why);
    }

    private static Act attaching(Situation now, Lease.Held held) {
        Optional<Announcement> announced = now.state().currentLeader();
        if (announced.isEmpty()) {
            return awaitingLeader(
                    now, held.epoch(), "waiting for " + held.node() + " to be promoted");
        }
        Announcement leader = announced.get();
        if (leader.epoch().compareTo(now.promised()) < 0) {
            return new Act.Wait("voted for epoch " + now.promised() + " already");
        }
        Optional<Act> asked =
                now.request().flatMap(request -> RequestRules.following(request, now, leader));
        if (asked.isPresent()) {
            return asked.get();
        }
        return switch (now.local()) {
            case LocalStatus.Absent absent -> new Act.Copy(leader, "it has no data yet");
            case LocalStatus.Standby standby when now.strayedFrom().isPresent() ->
                    new Act.Copy(leader, Strays.WHY);
            case LocalStatus.Silent silent when now.strayedFrom().isPresent() ->
                    new Act.Copy(leader, Strays.WHY);
            case LocalStatus.Standby standby -> attaching(now, leader, standby);
            case LocalStatus.Silent silent when rewoundForAnother(silent.rewoundFor(), leader) ->
                    new Act.Copy(leader, REWOUND_FOR_ANOTHER);
            case LocalStatus.Silent silent when now.lostTouch() ->
                    new Act.Copy(leader, WAL_IS_GONE);
            case LocalStatus.Silent silent -> new Act.Wait(silent.why());
            case LocalStatus.Stopped stopped -> starting(now, stopped);
            case LocalStatus.Primary primary ->
                    new Act.Kill("it is a primary and its node does not hold the lease");
            case LocalStatus.Unusable unusable -> new Act.Refuse(unusable.problem());
        };
    }

    private static final String REWOUND_FOR_ANOTHER =
            "it was rewound to a leader that is gone, and is not consistent";

    private static final String WAL_IS_GONE = "the leader no longer has the WAL that it needs next";

    private static Act starting(Situation now, LocalStatus.Stopped stopped) {
        Optional<Announcement> leader =
                now.state()
                        .currentLeader()
                        .filter(known ->
                                !known.leader().equals(now.self())
                                        && known.epoch().compareTo(now.promised()) >= 0);
        if (leader.isPresent() && rewoundForAnother(stopped.rewoundFor(), leader.get())) {
            return new Act.Copy(leader.get(), REWOUND_FOR_ANOTHER);
        }
        if (leader.isPresent() && now.strayedFrom().isPresent()) {
            return new Act.Copy(leader.get(), Strays.WHY);
        }
        return new Act.StartStandby(leader.filter(known -> stopped.rewoundFor().isPresent()));
    }

    private static boolean rewoundForAnother(Optional<Epoch> rewoundFor, Announcement leader) {
        return rewoundFor.isPresent() && !rewoundFor.get().equals(leader.epoch());
    }

    private static Act attaching(Situation now, Announcement leader, LocalStatus.Standby standby) {
        if (standby.following().equals(Optional.of(leader.epoch())) && !hasMoved(now, standby)) {
            return now.lostTouch()
                    ? new Act.Copy(leader, WAL_IS_GONE)
                    : new Act.Wait(standby.receiving() ? "" : "connecting to " + leader.leader());
        }
        if (standby.following().isPresent()) {
            return new Act.CutOff(standby.following().get());
        }
        if (standby.position().isEmpty()) {
            return new Act.Wait("reading local WAL to its end");
        }
        Position position = standby.position().get();
        if (now.state().isDoubtful(position)) {
            return new Act.Copy(leader, "its timeline may be another than the leader's");
        }
        return leader.admits(position, replayed(standby, position))
                ? new Act.Follow(leader)
                : new Act.Rejoin(leader, dropped(position, leader));
    }

    /// Whether the leader listens elsewhere than when the standby began to follow it: its agent was
    /// restarted with another address, and its PostgreSQL after that. Until then it still streams.
    private static boolean hasMoved(Situation now, LocalStatus.Standby standby) {
        return !standby.receiving()
                && now.state()
                        .currentLeader()
                        .map(leader -> now.state().members().get(leader.leader()))
                        .map(member -> new ServerAddress.Tcp(member.host(), member.postgresPort()))
                        .filter(agreed ->
                                standby.from().filter(from -> !from.equals(agreed)).isPresent())
                        .isPresent();
    }

    /// Names the WAL that goes: whoever looks for a row that was not acknowledged, or not waited
    /// for, finds here where it was.
    private static String dropped(Position position, Announcement leader) {
        return "its WAL from "
                + position.sharedWith(leader.history())
                + " to "
                + position
                + " is dropped, as it is not on "
                + leader.history();
    }

    private static Lsn replayed(LocalStatus.Standby standby, Position position) {
        return new Lsn(position.lsn().value() - standby.replayLagBytes());
    }
}

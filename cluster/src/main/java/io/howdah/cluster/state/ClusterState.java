package io.howdah.cluster.state;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import io.howdah.cluster.election.Election;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The agreed state of a cluster. Changed only by `apply`, on every node by the same commands in
/// the same order. Immutable.
///
/// @param systemId PostgreSQL's system identifier; null until the cluster is initialised
/// @param protocol the [Protocol] that all members speak, or spoke once
/// @param epoch the highest epoch ever offered
/// @param timeline the highest timeline ever offered, voted or announced
/// @param lease who may be primary
/// @param sync who has to be asked in the next election; null until the first leader
/// @param announcement the last leader that was made known; null before the first
/// @param votes the votes for `epoch + 1`; empty while the lease is not vacant
/// @param members all nodes that ever reported
/// @param switchover a request not yet fulfilled, or null
/// @param cancelled the last switchover that its leader gave up, until another is asked for; or
///   null
/// @param history changes of leadership, oldest first, the last `HISTORY_LENGTH` of them
/// @param paused while it is there nothing is done automatically; or null
/// @param resumes how often a pause was ended
/// @param settings of the whole cluster; null until the first leader has written down its own
/// @param planned a switchover for later, or null
/// @param dropped the last planned switchover that was not carried out, or null
/// @param written how far the last leader had written; null before the first renewal
/// @param leaving members that an operator takes out: no commit waits for them, nobody elects them
/// @param gone who was taken out, each with the peer id it had in consensus: under that id it never
///   comes back
/// @param removals when each name was last taken out, in milliseconds of the clock of whoever did
///   it; kept when the name comes back. No rule here reads it: certificates made before open
///   nothing
/// @param forced forced failovers whose winner is not announced yet
/// @param rifts where the numbers of timelines ceased to say whose they are
public record ClusterState(
        @Nullable SystemId systemId,
        int protocol,
        Epoch epoch,
        TimelineId timeline,
        Lease lease,
        @Nullable Sync sync,
        @Nullable Announcement announcement,
        SortedMap<NodeName, Vote> votes,
        SortedMap<NodeName, Member> members,
        @Nullable Switchover switchover,
        Switchover.@Nullable Cancelled cancelled,
        List<HistoryEntry> history,
        @Nullable Pause paused,
        long resumes,
        @Nullable ClusterSettings settings,
        @Nullable PlannedSwitchover planned,
        PlannedSwitchover.@Nullable Dropped dropped,
        @Nullable Written written,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<ForcedFailover> forced,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<Rift> rifts,
        @JsonSetter(nulls = Nulls.AS_EMPTY) SortedSet<NodeName> leaving,
        @JsonSetter(nulls = Nulls.AS_EMPTY) SortedMap<NodeName, String> gone,
        @JsonSetter(nulls = Nulls.AS_EMPTY) SortedMap<NodeName, Long> removals) {

    /// How many changes of leadership are kept.
    public static final int HISTORY_LENGTH = 200;

    /// Nothing has happened yet.
    public static final ClusterState INITIAL =
            new ClusterState(
                    null,
                    Protocol.FIRST,
                    Epoch.NONE,
                    TimelineId.FIRST,
                    new Lease.Vacant("new cluster", 0),
                    null,
                    null,
                    new TreeMap<>(),
                    new TreeMap<>(),
                    null,
                    null,
                    List.of(),
                    null,
                    0,
                    null,
                    null,
                    null,
                    null,
                    List.of(),
                    List.of(),
                    new TreeSet<>(),
                    new TreeMap<>(),
                    new TreeMap<>());

    public ClusterState {
        protocol = Math.max(Protocol.FIRST, protocol);
        votes = Collections.unmodifiableSortedMap(new TreeMap<>(votes));
        members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
        history = List.copyOf(history);
        forced = List.copyOf(forced);
        rifts = List.copyOf(rifts);
        leaving = Collections.unmodifiableSortedSet(new TreeSet<>(leaving));
        gone = Collections.unmodifiableSortedMap(new TreeMap<>(gone));
        removals = Collections.unmodifiableSortedMap(new TreeMap<>(removals));
    }

    /// Whether a node was taken out and has not come back under another peer id.
    public boolean isGone(NodeName node) {
        return gone.containsKey(node);
    }

    /// Whether nobody can say what of a member's WAL is also that of the announced line.
    public boolean isDoubtful(Position position) {
        Announcement last = announcement;
        return last != null
                && rifts.stream().anyMatch(rift -> rift.separates(position, last.history()));
    }

    /// The holder of the lease, if it is held.
    public Optional<Lease.Held> held() {
        return lease instanceof Lease.Held held ? Optional.of(held) : Optional.empty();
    }

    /// Whether `node` holds the lease in `heldEpoch`.
    public boolean isHeldBy(NodeName node, Epoch heldEpoch) {
        return lease instanceof Lease.Held held
                && held.node().equals(node)
                && held.epoch().equals(heldEpoch);
    }

    /// The announcement of the epoch whose lease is held now: its leader may be followed.
    public Optional<Announcement> currentLeader() {
        Announcement known = announcement;
        return lease instanceof Lease.Held held
                        && known != null
                        && known.epoch().equals(held.epoch())
                ? Optional.of(known)
                : Optional.empty();
    }

    /// Whether nothing differs from `other` but how often the lease was renewed.
    public boolean isSameButRenewal(ClusterState other) {
        if (lease instanceof Lease.Held mine
                && other.lease instanceof Lease.Held theirs
                && mine.epoch().equals(theirs.epoch())) {
            return copy().lease(theirs).written(other.written).build().equals(other);
        }
        return equals(other);
    }

    /// The state after `command`, or a reason why it changes nothing.
    public Change apply(Command command) {
        return switch (command) {
            case Command.Membership membership -> Memberships.apply(this, membership);
            case Command.Initialise initialise -> initialise(initialise);
            case Command.Adopt adopt -> Adoptions.apply(this, adopt);
            case Command.CastVote vote -> vote(vote);
            case Command.Claim claim -> claim(claim);
            case Command.Renew renew -> renew(renew);
            case Command.Furlough furlough -> furlough(furlough);
            case Command.Expire expire -> expire(expire);
            case Command.Release release -> release(release);
            case Command.HandOver handOver -> handOver(handOver);
            case Command.Announce announce -> announce(announce);
            case Command.SetVoters setVoters -> setVoters(setVoters);
            case Command.RequestSwitchover request -> requestSwitchover(request);
            case Command.CancelSwitchover cancel -> cancelSwitchover(cancel);
            case Command.Elect elect -> elect(elect);
            case Command.ForceFailover force -> forceFailover(force);
            case Command.Operation operation -> Operations.apply(this, operation);
        };
    }

    /// What a command did.
    ///
    /// @param state the state after it
    /// @param refusal why it changed nothing; null when it was accepted
    public record Change(ClusterState state, @Nullable String refusal) {}

    private Change initialise(Command.Initialise initialise) {
        if (systemId != null) {
            return refuse("the cluster is initialised, its system identifier is " + systemId);
        }
        if (!(lease instanceof Lease.Vacant)) {
            return refuse("another node initialises the cluster");
        }
        return accept(
                copy().offer(
                                initialise.node(),
                                "initialised",
                                initialise.atMillis(),
                                TimelineId.FIRST));
    }

    private Change vote(Command.CastVote cast) {
        if (!(lease instanceof Lease.Vacant)) {
            return refuse("there is no election");
        }
        if (systemId == null) {
            return refuse("the cluster is not initialised");
        }
        if (paused != null) {
            return refuse("the cluster is paused: nobody is elected");
        }
        if (!cast.epoch().equals(epoch.next())) {
            return refuse("the election is for epoch " + epoch.next() + ", not " + cast.epoch());
        }
        TreeMap<NodeName, Vote> changed = new TreeMap<>(votes);
        changed.put(cast.node(), cast.vote());
        TimelineId seen = cast.vote().position().history().current();
        return accept(copy().votes(changed).timeline(TimelineId.max(timeline, seen)).elect());
    }

    private Change claim(Command.Claim claim) {
        if (!(lease instanceof Lease.Offered offered)
                || !offered.to().equals(claim.node())
                || !offered.epoch().equals(claim.epoch())) {
            return refuse("epoch " + claim.epoch() + " is not on offer to " + claim.node());
        }
        Vote held = claim.vote();
        Vote cast = votes.get(claim.node());
        if (held != null && cast != null && !cast.incarnation().equals(held.incarnation())) {
            return refuse(
                    claim.node()
                            + " won with its copy "
                            + cast.incarnation()
                            + ", not with "
                            + held.incarnation()
                            + ", which it has now");
        }
        Sync next = null;
        if (held != null) {
            Sync last = sync;
            if (last != null
                    && !last.isLeader(claim.node(), held.incarnation())
                    && !held.position().contains(last.base())) {
                return refuse(
                        claim.node()
                                + " holds "
                                + held.position()
                                + ", which does not contain "
                                + last.base());
            }
            next =
                    new Sync(
                            claim.epoch(),
                            claim.node(),
                            held.incarnation(),
                            held.position(),
                            new TreeMap<>(),
                            0,
                            0);
            SortedMap<NodeName, Incarnation> voters = Election.votersOf(claim.node(), this);
            next = next.withVoters(voters, Sync.defaultRequired(voters.size()));
        } else if (systemId != null) {
            return refuse(claim.node() + " has no data to lead with");
        }
        Lease taken =
                new Lease.Held(
                                claim.node(),
                                claim.epoch(),
                                offered.timeline(),
                                0,
                                offered.sinceMillis(),
                                offered.reason(),
                                offered.sinceMillis())
                        .counted(claim.leaseMillis());
        return accept(copy().lease(taken).sync(next).votes(new TreeMap<>()));
    }

    private Change furlough(Command.Furlough furlough) {
        long grace = furlough.graceMillis();
        if (grace < 0 || grace > Lease.Held.GRACE_MILLIS_MAXIMUM) {
            return refuse(
                    "a grace of " + grace + " ms is not 0 to " + Lease.Held.GRACE_MILLIS_MAXIMUM);
        }
        if (!(lease instanceof Lease.Held held) || !isHeldBy(furlough.node(), furlough.epoch())) {
            return refuse("epoch " + furlough.epoch() + " is not held by " + furlough.node());
        }
        return accept(
                copy().lease(
                                held.renewed(
                                        furlough.atMillis(),
                                        Math.max(grace, held.graceMillis()),
                                        furlough.heard())));
    }

    private Change renew(Command.Renew renew) {
        if (!(lease instanceof Lease.Held held) || !isHeldBy(renew.node(), renew.epoch())) {
            return refuse("epoch " + renew.epoch() + " is not held by " + renew.node());
        }
        // one of a former agent may be applied late: it takes nothing off what stands since
        boolean upToDate = renew.seen() == held.renewals();
        long grace = upToDate ? 0 : held.graceMillis();
        long counted =
                upToDate ? renew.leaseMillis() : Math.max(held.leaseMillis(), renew.leaseMillis());
        Lsn flushed = renew.flushed();
        ClusterStateBuilder next =
                copy().lease(held.renewed(renew.atMillis(), grace, renew.heard()).counted(counted));
        return accept(flushed == null ? next : next.written(new Written(held.epoch(), flushed)));
    }

    private Change expire(Command.Expire expire) {
        return switch (lease) {
            case Lease.Vacant vacant -> refuse("the lease is vacant");
            case Lease.Offered offered when offered.epoch().equals(expire.epoch()) ->
                    accept(copy().vacate(offered.reason(), offered.sinceMillis()));
            case Lease.Held held when paused != null ->
                    refuse("the cluster is paused: no lease expires");
            case Lease.Held held when held.unheard() != 0 ->
                    refuse(held.node() + " has not heard yet that the cluster was resumed");
            case Lease.Held held
                    when held.epoch().equals(expire.epoch())
                            && held.renewals() == expire.renewals() ->
                    accept(
                            copy().vacate(
                                            "lease of " + held.node() + " expired",
                                            Math.max(held.renewedMillis(), 0)));
            case Lease.Offered offered -> refuse("epoch " + expire.epoch() + " is over");
            case Lease.Held held -> refuse("epoch " + held.epoch() + " was renewed");
        };
    }

    private Change release(Command.Release release) {
        if (!isHeldBy(release.node(), release.epoch())) {
            return refuse("epoch " + release.epoch() + " is not held by " + release.node());
        }
        return accept(copy().vacate(release.reason(), release.atMillis()));
    }

    private Change handOver(Command.HandOver handOver) {
        Sync current = sync;
        if (!isHeldBy(handOver.node(), handOver.epoch()) || current == null) {
            return refuse("epoch " + handOver.epoch() + " is not held by " + handOver.node());
        }
        if (handOver.to().equals(handOver.node())) {
            return refuse(handOver.node() + " cannot hand over to itself");
        }
        // the old leader held everything that it acknowledged; whoever leads next must hold its
        // last byte
        return accept(
                copy().sync(current.withBase(handOver.shutdown()))
                        .votes(new TreeMap<>())
                        .offer(
                                handOver.to(),
                                handOver.reason(),
                                handOver.atMillis(),
                                timeline.next()));
    }

    private Change announce(Command.Announce announce) {
        if (!(lease instanceof Lease.Held held) || !isHeldBy(announce.node(), announce.epoch())) {
            return refuse("epoch " + announce.epoch() + " is not held by " + announce.node());
        }
        if (systemId != null && !systemId.equals(announce.systemId())) {
            return refuse(
                    "the cluster's system identifier is "
                            + systemId
                            + ", not "
                            + announce.systemId());
        }
        if (!announce.history().current().equals(held.timeline())) {
            return refuse(
                    "epoch "
                            + held.epoch()
                            + " was granted timeline "
                            + held.timeline()
                            + ", not "
                            + announce.history().current());
        }
        if (announcement != null && announcement.epoch().equals(announce.epoch())) {
            return refuse("epoch " + announce.epoch() + " is announced already");
        }
        Sync current = sync;
        Sync based =
                current == null
                        ? new Sync(
                                announce.epoch(),
                                announce.node(),
                                announce.incarnation(),
                                announce.base(),
                                new TreeMap<>(),
                                0,
                                0)
                        : current.withBase(announce.base());
        List<HistoryEntry> longer = new ArrayList<>(history);
        longer.add(
                new HistoryEntry(
                        announce.epoch(),
                        held.timeline(),
                        announce.base().lsn(),
                        announce.node(),
                        held.reason(),
                        announce.atMillis(),
                        systemId == null
                                ? 0
                                : Math.max(0, announce.atMillis() - held.sinceMillis()),
                        forced));
        if (longer.size() > HISTORY_LENGTH) {
            longer.removeFirst();
        }
        List<Rift> known = new ArrayList<>(rifts);
        if (current != null && !announce.history().includes(current.base().history().current())) {
            known.add(new Rift(current.base().history(), held.timeline()));
        }
        return accept(
                copy().systemId(announce.systemId())
                        .sync(based)
                        .announcement(
                                new Announcement(
                                        announce.epoch(),
                                        announce.node(),
                                        announce.history(),
                                        // until now the base is what the leader claimed with
                                        current == null ? null : current.base()))
                        .switchover(null)
                        .forced(List.of())
                        .rifts(known)
                        .history(longer));
    }

    private Change setVoters(Command.SetVoters command) {
        Sync current = sync;
        if (!isHeldBy(command.node(), command.epoch())
                || current == null
                || !current.epoch().equals(command.epoch())) {
            return refuse("epoch " + command.epoch() + " is not held by " + command.node());
        }
        if (current.version() != command.version()) {
            return refuse(
                    "the voters have changed: version "
                            + current.version()
                            + ", not "
                            + command.version());
        }
        return accept(copy().sync(current.withVoters(command.voters(), command.required())));
    }

    private Change requestSwitchover(Command.RequestSwitchover request) {
        Optional<Announcement> leader = currentLeader();
        if (leader.isEmpty() || !leader.get().epoch().equals(request.switchover().epoch())) {
            return refuse(
                    "there is no primary in epoch "
                            + request.switchover().epoch()
                            + " to switch over from");
        }
        if (switchover != null) {
            return refuse("a switchover is under way");
        }
        if (paused != null) {
            return refuse("the cluster is paused: nothing is stopped or started");
        }
        NodeName to = request.switchover().to();
        if (to != null) {
            Member target = members.get(to);
            if (target == null) {
                return refuse("there is no member " + to);
            }
            if (target.witness()) {
                return refuse(to + " is a witness and holds no data");
            }
            if (to.equals(leader.get().leader())) {
                return refuse(to + " is the primary already");
            }
        }
        return accept(copy().switchover(request.switchover()).cancelled(null));
    }

    private Change cancelSwitchover(Command.CancelSwitchover cancel) {
        Switchover given = cancel.request();
        if (!isHeldBy(cancel.node(), given.epoch())) {
            return refuse("epoch " + given.epoch() + " is not held by " + cancel.node());
        }
        if (!given.equals(switchover)) {
            return refuse("no such switchover is under way");
        }
        ClusterStateBuilder next =
                copy().switchover(null).cancelled(new Switchover.Cancelled(given, cancel.why()));
        PlannedSwitchover plan = given.plan();
        return accept(
                plan == null
                        ? next
                        : next.dropped(
                                new PlannedSwitchover.Dropped(
                                        plan, cancel.why(), cancel.atMillis())));
    }

    private Change elect(Command.Elect elect) {
        String unfit = whyNotChosen(elect.epoch());
        if (unfit != null) {
            return refuse(unfit);
        }
        if (!Election.complete(this).contains(elect.to())) {
            return refuse(
                    elect.to()
                            + " is not known to hold everything that was acknowledged: "
                            + Election.of(this).why());
        }
        String reason =
                "forced to " + elect.to() + " by " + elect.by() + ", which holds everything";
        return accept(copy().offer(elect.to(), reason, lease.sinceMillis(), timeline.next()));
    }

    /// What keeps an operator from choosing who leads in that epoch; null: nothing.
    private @Nullable String whyNotChosen(Epoch chosen) {
        if (!(lease instanceof Lease.Vacant)) {
            return "the lease is not vacant";
        }
        if (paused != null) {
            return "the cluster is paused: nobody is promoted";
        }
        return chosen.equals(epoch.next())
                ? null
                : "the election is for epoch " + epoch.next() + ", not " + chosen;
    }

    private Change forceFailover(Command.ForceFailover force) {
        String unfit = whyNotChosen(force.epoch());
        if (unfit != null) {
            return refuse(unfit);
        }
        Vote vote = votes.get(force.to());
        Sync last = sync;
        if (vote == null || last == null) {
            return refuse(force.to() + " has not voted, so how far its data reaches is not known");
        }
        String reason = "forced to " + force.to() + " by " + force.by() + ", data loss allowed";
        // what is lost is lost by decision: the position of the chosen member becomes what the next
        // leader must contain
        return accept(
                copy().sync(last.withBase(vote.position()))
                        .forced(Operations.withForced(this, force, vote, last))
                        .offer(force.to(), reason, lease.sinceMillis(), timeline.next()));
    }

    Change accept(ClusterStateBuilder builder) {
        return new Change(builder.build(), null);
    }

    Change refuse(String why) {
        return new Change(this, why);
    }

    ClusterStateBuilder copy() {
        return new ClusterStateBuilder(this);
    }
}

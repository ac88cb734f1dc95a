package io.howdah.cluster.simulation;

import io.howdah.cluster.state.Altered;
import io.howdah.cluster.state.ClusterDocument;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Command;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Sync;
import io.howdah.cluster.state.Vote;
import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Transition;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.Comparator;
import java.util.Map;

/// The agreed state without one of its rules.
final class MutantDocument implements DocumentType<ClusterState, Command> {

    private static final Position ANYTHING =
            new Position(TimelineHistory.startingAt(TimelineId.FIRST), Lsn.ZERO);

    private final ClusterDocument real = new ClusterDocument();
    private final Mutation mutation;

    MutantDocument(Mutation mutation) {
        this.mutation = mutation;
    }

    @Override
    public Transition<ClusterState> apply(ClusterState state, Command command) {
        Transition<ClusterState> change =
                real.apply(
                        state,
                        switch (mutation) {
                            case SEEN_GRACE -> seeing(state, command);
                            case CHOICE -> believed(command);
                            default -> command;
                        });
        if (change.refusal() != null) {
            return change;
        }
        ClusterState next = change.state();
        return switch (mutation) {
            case BASE -> Transition.accepted(withoutBase(next));
            case UNIQUE_TIMELINES -> Transition.accepted(withNextTimeline(state, next));
            case HIGHEST_POSITION -> Transition.accepted(withLowest(state, next));
            case GRACE -> Transition.accepted(withHeld(next, true, false, true));
            case UNHEARD_RESUME -> Transition.accepted(withHeld(next, true, true, false));
            case HOLDERS_LEASE -> Transition.accepted(withHeld(next, false, true, true));
            default -> change;
        };
    }

    private static Command believed(Command command) {
        return command instanceof Command.Elect elect
                ? new Command.ForceFailover(elect.to(), elect.epoch(), elect.by(), 0)
                : command;
    }

    private static Command seeing(ClusterState state, Command command) {
        return command instanceof Command.Renew renew
                        && Ambushes.isTakeOver(renew)
                        && state.lease() instanceof Lease.Held held
                ? new Command.Renew(
                        renew.node(),
                        renew.epoch(),
                        renew.atMillis(),
                        renew.flushed(),
                        renew.heard(),
                        held.renewals(),
                        renew.leaseMillis())
                : command;
    }

    private static ClusterState withoutBase(ClusterState next) {
        Sync sync = next.sync();
        return sync == null
                ? next
                : Altered.sync(
                        next,
                        new Sync(
                                sync.epoch(),
                                sync.leader(),
                                sync.leaderIncarnation(),
                                ANYTHING,
                                sync.voters(),
                                sync.required(),
                                sync.version()));
    }

    /// The lease as it is, but for what the mutation leaves out.
    private static ClusterState withHeld(
            ClusterState next, boolean lease, boolean grace, boolean unheard) {
        return next.lease() instanceof Lease.Held held
                ? Altered.lease(
                        next,
                        new Lease.Held(
                                held.node(),
                                held.epoch(),
                                held.timeline(),
                                held.renewals(),
                                held.renewedMillis(),
                                held.reason(),
                                held.sinceMillis(),
                                lease ? held.leaseMillis() : 0,
                                grace ? held.graceMillis() : 0,
                                unheard ? held.unheard() : 0))
                : next;
    }

    /// The number after the last announced one, whoever took it already.
    private static ClusterState withNextTimeline(ClusterState state, ClusterState next) {
        var announced = next.announcement();
        if (!(next.lease() instanceof Lease.Offered offered)
                || next.lease().equals(state.lease())
                || announced == null) {
            return next;
        }
        TimelineId taken = announced.history().current().next();
        return Altered.timeline(
                Altered.lease(
                        next,
                        new Lease.Offered(
                                offered.to(),
                                offered.epoch(),
                                taken,
                                offered.reason(),
                                offered.sinceMillis())),
                taken);
    }

    /// The one that reaches least among those who voted.
    private static ClusterState withLowest(ClusterState state, ClusterState next) {
        Sync sync = next.sync();
        if (!(next.lease() instanceof Lease.Offered offered)
                || next.lease().equals(state.lease())
                || sync == null
                || next.votes().isEmpty()) {
            return next;
        }
        NodeName lowest =
                next.votes().entrySet().stream()
                        .filter(vote -> vote.getValue().position().contains(sync.base()))
                        .min(
                                Map.Entry.comparingByValue(
                                        Comparator.comparing(Vote::position, Position.ORDER)))
                        .map(Map.Entry::getKey)
                        .orElse(offered.to());
        return Altered.lease(
                next,
                new Lease.Offered(
                        lowest,
                        offered.epoch(),
                        offered.timeline(),
                        offered.reason(),
                        offered.sinceMillis()));
    }

    @Override
    public ClusterState initial() {
        return real.initial();
    }

    @Override
    public byte[] encodeState(ClusterState state) {
        return real.encodeState(state);
    }

    @Override
    public ClusterState decodeState(byte[] bytes) {
        return real.decodeState(bytes);
    }

    @Override
    public byte[] encodeCommand(Command command) {
        return real.encodeCommand(command);
    }

    @Override
    public Command decodeCommand(byte[] bytes) {
        return real.decodeCommand(bytes);
    }
}

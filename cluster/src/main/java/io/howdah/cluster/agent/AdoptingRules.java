package io.howdah.cluster.agent;

import io.howdah.cluster.adoption.AdoptionOrder;
import io.howdah.cluster.member.LocalStatus;
import io.howdah.cluster.state.ClusterState;
import io.howdah.cluster.state.Lease;
import io.howdah.cluster.state.Sync;
import io.howdah.postgres.SystemId;
import java.util.Optional;

/// What a node does about a database made without Howdah. Pure.
///
/// First the former server is stopped, then the cluster agrees that this data directory is what it
/// begins with, and only then the directory becomes this node's. So wherever that is cut short, the
/// directory is either still nobody's to touch, or the one whose vote the first election needs.
final class AdoptingRules {

    private AdoptingRules() {}

    /// What is to be done about an order; empty when the ordinary rules say.
    static Optional<Act> next(Situation now) {
        Optional<AdoptionOrder> ordered = now.adopting().order();
        if (ordered.isEmpty() || !(now.local() instanceof LocalStatus.Unusable)) {
            return Optional.empty();
        }
        AdoptionOrder order = ordered.get();
        ClusterState state = now.state();
        return switch (order.role()) {
            case PRIMARY ->
                    state.systemId() != null
                            ? leads(order, now)
                                    ? Optional.of(new Act.TakeIn(order))
                                    : Optional.empty()
                            : state.lease() instanceof Lease.Vacant
                                    ? Optional.of(new Act.Adopt(order))
                                    : Optional.of(
                                            new Act.Refuse(
                                                    "the database here is not adopted: another node"
                                                            + " initialises the cluster with a new one"
                                                            + "\nHINT: stop the agents, empty the"
                                                            + " directories of the new cluster, and name"
                                                            + " this database as"
                                                            + " postgres.system-identifier in every"
                                                            + " howdah.yaml"));
            case STANDBY ->
                    order.systemId().equals(state.systemId())
                            ? Optional.of(new Act.TakeIn(order))
                            : Optional.empty();
        };
    }

    private static boolean leads(AdoptionOrder order, Situation now) {
        Sync sync = now.state().sync();
        return order.systemId().equals(now.state().systemId())
                && sync != null
                && sync.isLeader(now.self(), order.incarnation());
    }

    /// Whether an order is of no use any more: it is carried out, or the cluster began with another
    /// database, or with the same one from another node.
    static boolean isVoid(AdoptionOrder order, Situation now) {
        return !(now.local() instanceof LocalStatus.Unusable)
                || (order.role() == AdoptionOrder.Role.PRIMARY
                        && now.state().systemId() != null
                        && !leads(order, now));
    }

    /// An empty node makes no database, and copies none, but the one that its howdah.yaml names.
    static Optional<Act> awaiting(Situation now) {
        Optional<SystemId> awaited = now.adopting().awaited();
        SystemId agreed = now.state().systemId();
        if (awaited.isEmpty()
                || !(now.local() instanceof LocalStatus.Absent)
                || awaited.get().equals(agreed)) {
            return Optional.empty();
        }
        return Optional.of(
                new Act.Refuse(
                        agreed == null
                                ? "waiting for the database "
                                        + awaited.get()
                                        + " to be adopted"
                                        + "\nHINT: run `howdah adopt NODE`, with the name of the node"
                                        + " that has it in its data directory"
                                : "the cluster holds the database "
                                        + agreed
                                        + ", howdah.yaml names "
                                        + awaited.get()
                                        + "\nHINT: correct postgres.system-identifier there, or take"
                                        + " it out, and restart this agent"));
    }
}

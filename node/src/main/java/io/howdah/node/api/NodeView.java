package io.howdah.node.api;

import java.util.List;

/// What the API needs to know of the node that it speaks for; the node implements it. Every method
/// is called by many threads at once. All but the changes must return what is known at once, from
/// memory: a probe must not hang because a disk or the consensus does.
public interface NodeView {

    /// This node, as of now.
    MemberStatus self();

    /// The agreed state as this node last saw it: all members in the configuration's order, each as
    /// it last reported. The server asks the other members live and merges.
    ClusterStatus cluster();

    /// Who leads, as this node last saw it.
    LeadershipReport leadership();

    /// How this node's PostgreSQL gets its WAL.
    Replication replication();

    /// All changes of the primary, the oldest first.
    List<HistoryRow> history();

    /// The metrics of this node, measured now: the one question besides the changes that may wait,
    /// for two seconds at most.
    ///
    /// @param accept the header of that name; empty when there is none
    MetricsPage metrics(String accept);

    /// What monitoring asks besides. PostgreSQL is asked for it, so it may wait as `metrics` does;
    /// what was said less than a second ago is said again.
    NodeDetails details();

    /// How this node introduces itself to a consensus, as JSON; the API passes it on unread.
    String introduction();

    /// Milliseconds since the node's own loop last completed a round; 0 or above.
    long loopAgeMillis();

    /// The length of the lease in milliseconds.
    long leaseMillis();

    /// Whether this node holds the lease now, by its own clock and the last confirmation.
    boolean holdsLease();

    /// Hands the primary over; waits until it is done or has failed, which is bounded by the node.
    ActionOutcome switchover(SwitchoverRequest request);

    /// Makes the candidate the primary; waits until it is done or has failed, which is bounded.
    ActionOutcome failover(FailoverRequest request);

    /// Restarts this node's PostgreSQL; a primary is handed over first, where another can lead.
    /// Waits until it serves again or has failed, which is bounded.
    ActionOutcome restart(RestartRequest request);

    /// Adopts the database in this node's data directory, or says what that would do.
    ActionOutcome adopt(AdoptRequest request);

    /// Gives this node's data up for a fresh copy; waits until the copy begins or was declined,
    /// which is bounded.
    ActionOutcome reinitialize(ReinitializeRequest request);

    /// Takes a member out of the cluster; waits until it is done or has failed, which is bounded.
    ActionOutcome remove(RemoveRequest request);

    /// Takes this node out of the cluster, after a switchover where it is the primary; waits until
    /// it is done or has failed, which is bounded.
    ActionOutcome leave(RemoveRequest request);

    /// What operators ask of the cluster as a whole.
    Operations operations();
}

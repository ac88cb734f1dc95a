package io.howdah.node.api;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The questions that load balancers and probes ask, each with its paths. Patroni's conventions, so
/// that what is configured for it keeps working.
enum HealthCheck {
    /// Accepts writes, under the lease.
    PRIMARY("/", "/primary", "/read-write", "/master"),
    /// Holds the lease, whatever PostgreSQL does.
    LEADER("/leader"),
    /// Leads a cluster that follows another one: there are none.
    STANDBY_LEADER("/standby-leader", "/standby_leader"),
    /// A replica that answers reads, whether or not there is a primary at the moment.
    REPLICA("/replica"),
    /// Serves reads: a primary or a replica.
    READ_ONLY("/read-only"),
    /// A replica whose acknowledgement is counted. Howdah's set is a quorum (any k of them), so
    /// both of Patroni's words mean the same members.
    SYNCHRONOUS("/sync", "/synchronous", "/quorum"),
    /// A primary, or a replica whose acknowledgement is counted.
    READ_ONLY_SYNCHRONOUS("/read-only-sync", "/read-only-synchronous", "/read-only-quorum"),
    /// A replica whose acknowledgement is not counted.
    ASYNCHRONOUS("/async", "/asynchronous"),
    /// PostgreSQL runs.
    HEALTH("/health"),
    /// The agent makes progress.
    LIVENESS("/liveness"),
    /// Leads, or streams and is not far behind.
    READINESS("/readiness"),
    /// Says how the node is, however it is: for monitoring.
    STATUS("/patroni");

    /// How far behind a replica may be to be ready, where the prober says nothing: Patroni's
    /// `maximum_lag_on_failover`.
    private static final long READY_LAG_BYTES = 1 << 20;

    private static final Map<String, HealthCheck> BY_PATH =
            Arrays.stream(values())
                    .flatMap(check -> check.paths.stream().map(path -> Map.entry(path, check)))
                    .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    @SuppressWarnings("ImmutableEnumChecker") // List.of is immutable, its type does not say so
    private final List<String> paths;

    HealthCheck(String... paths) {
        this.paths = List.of(paths);
    }

    static Optional<HealthCheck> of(String path) {
        return Optional.ofNullable(BY_PATH.get(path));
    }

    List<String> paths() {
        return paths;
    }

    /// What a prober asks for besides.
    ///
    /// @param lagBytesMaximum how far behind a replica may be; [Long#MAX_VALUE] when not said
    /// @param lagOfReplay whether the lag is counted to what was replayed, else to what was
    ///   received
    /// @param replicationState how the replica must get its WAL, such as `streaming`; empty when
    ///   not said
    /// @param tags tags that the node must have, as text
    record Demand(
            long lagBytesMaximum,
            boolean lagOfReplay,
            String replicationState,
            Map<String, String> tags) {

        private Demand ofReadiness() {
            return lagBytesMaximum == Long.MAX_VALUE
                    ? new Demand(READY_LAG_BYTES, lagOfReplay, Replication.STREAMING.text(), tags)
                    : new Demand(lagBytesMaximum, lagOfReplay, Replication.STREAMING.text(), tags);
        }
    }

    /// What is known of a node at one moment.
    record Condition(
            MemberStatus self,
            Replication replication,
            boolean holdsLease,
            long loopAgeMillis,
            long leaseMillis,
            boolean paused) {

        static Condition of(NodeView node) {
            // The lease is asked before the loop's age: what is found stale must not look fresh.
            MemberStatus self = node.self();
            boolean holdsLease = node.holdsLease();
            return new Condition(
                    self,
                    node.replication(),
                    holdsLease,
                    node.loopAgeMillis(),
                    node.leaseMillis(),
                    node.cluster().paused());
        }

        private boolean is(MemberRole role) {
            return self.role() == role;
        }
    }

    /// Why the answer is no; empty when it is yes. Everything rests on the age of the node's loop:
    /// a node that hangs must not go on saying what was true before.
    Optional<String> problem(Condition node, Demand demand) {
        if (this == STATUS) {
            return Optional.empty();
        }
        return stalled(node)
                .filter(_ -> this != LIVENESS || !mayTakeLong(node))
                .or(() ->
                        switch (this) {
                            case PRIMARY -> notPrimary(node);
                            case LEADER -> noLease(node);
                            case STANDBY_LEADER ->
                                    Optional.of("this cluster follows no other cluster");
                            case REPLICA -> notForReads(node, demand);
                            case READ_ONLY ->
                                    node.is(MemberRole.PRIMARY)
                                            ? notPrimary(node).or(() -> otherTags(node, demand))
                                            : notForReads(node, demand);
                            case SYNCHRONOUS ->
                                    notForReads(node, demand).or(() -> wrongSync(node, true));
                            case READ_ONLY_SYNCHRONOUS ->
                                    node.is(MemberRole.PRIMARY)
                                            ? notPrimary(node).or(() -> otherTags(node, demand))
                                            : notForReads(node, demand)
                                                    .or(() -> wrongSync(node, true));
                            case ASYNCHRONOUS ->
                                    notForReads(node, demand).or(() -> wrongSync(node, false));
                            case HEALTH -> notRunning(node).or(() -> otherTags(node, demand));
                            case LIVENESS, STATUS -> Optional.empty();
                            case READINESS ->
                                    node.holdsLease()
                                            ? Optional.empty()
                                            : notReplica(node, demand.ofReadiness());
                        });
    }

    private static Optional<String> stalled(Condition node) {
        boolean leading = node.holdsLease() || node.is(MemberRole.PRIMARY);
        long maximum = leading ? node.leaseMillis() : 2 * node.leaseMillis();
        return when(
                node.loopAgeMillis() > maximum,
                "the agent has made no progress for " + node.loopAgeMillis() + " ms");
    }

    /// Whether a loop that does not come around is as it should be: a copy takes hours, and whoever
    /// restarts the node for that would have it begin again, for ever. In a pause nothing rests on
    /// the loop.
    private static boolean mayTakeLong(Condition node) {
        return node.paused()
                || switch (node.self().state()) {
                    case INITIALIZING, COPYING, REWINDING, STARTING, PROMOTING, STOPPING -> true;
                    case RUNNING, WAITING, STOPPED, CRASHED, FENCED, UNREACHABLE, UNKNOWN -> false;
                };
    }

    private static Optional<String> notPrimary(Condition node) {
        return when(!node.is(MemberRole.PRIMARY), "the role is " + node.self().role())
                .or(() -> noLease(node))
                .or(() -> notRunning(node));
    }

    private static Optional<String> noLease(Condition node) {
        return when(!node.holdsLease(), "this node does not hold the lease");
    }

    /// A replica runs when it answers reads. That it does not stream, as nobody leads for a moment,
    /// is no reason to send readers away: there would be nobody left to send them to.
    private static Optional<String> notRunning(Condition node) {
        return when(node.is(MemberRole.WITNESS), "a witness runs no PostgreSQL")
                .or(() ->
                        when(
                                node.self().state() != MemberState.RUNNING
                                        && !answersWithoutPrimary(node),
                                "the state is " + node.self().state()));
    }

    private static boolean answersWithoutPrimary(Condition node) {
        return node.is(MemberRole.REPLICA)
                && node.self().state() == MemberState.WAITING
                && node.replication() != Replication.NONE;
    }

    private static Optional<String> wrongSync(Condition node, boolean wanted) {
        return when(
                node.self().sync() != wanted,
                wanted ? "the replica is not synchronous" : "the replica is synchronous");
    }

    /// A replica that load balancers may send reads to.
    private static Optional<String> notForReads(Condition node, Demand demand) {
        MemberTags tags = node.self().tags();
        return notReplica(node, demand)
                .or(() ->
                        when(
                                tags != null && tags.noloadbalance(),
                                "the replica is tagged noloadbalance"));
    }

    private static Optional<String> notReplica(Condition node, Demand demand) {
        return when(!node.is(MemberRole.REPLICA), "the role is " + node.self().role())
                .or(() -> notRunning(node))
                .or(() -> otherReplicationState(node, demand.replicationState()))
                .or(() -> tooFarBehind(node.self(), demand))
                .or(() -> otherTags(node, demand));
    }

    private static Optional<String> otherReplicationState(Condition node, String wanted) {
        return when(
                !wanted.isEmpty() && !wanted.equals(node.replication().text()),
                "the replica is not " + wanted);
    }

    private static Optional<String> tooFarBehind(MemberStatus self, Demand demand) {
        if (demand.lagBytesMaximum() == Long.MAX_VALUE) {
            return Optional.empty();
        }
        Long lag = self.lagBytes();
        if (lag == null) {
            return Optional.of("how far the replica is behind is not known");
        }
        long waiting =
                demand.lagOfReplay() && self.lsn() != null && self.replayedLsn() != null
                        ? Math.max(0, self.lsn().bytesSince(self.replayedLsn()))
                        : 0;
        return when(
                lag + waiting > demand.lagBytesMaximum(),
                "the replica is " + (lag + waiting) + " bytes behind");
    }

    private static Optional<String> otherTags(Condition node, Demand demand) {
        MemberTags tags = node.self().tags();
        for (Map.Entry<String, String> wanted : demand.tags().entrySet()) {
            Function<MemberTags, Object> has =
                    known ->
                            switch (wanted.getKey()) {
                                case "nofailover" -> known.nofailover();
                                case "failover_priority" -> known.failoverPriority();
                                case "noloadbalance" -> known.noloadbalance();
                                case "nosync" -> known.nosync();
                                case "clonefrom" -> known.clonefrom();
                                case "zone" -> known.zone() == null ? "" : known.zone();
                                default -> "";
                            };
            if (tags == null || !has.apply(tags).toString().equalsIgnoreCase(wanted.getValue())) {
                return Optional.of("the tag " + wanted.getKey() + " is not " + wanted.getValue());
            }
        }
        return Optional.empty();
    }

    private static Optional<String> when(boolean problem, String text) {
        return problem ? Optional.of(text) : Optional.empty();
    }
}

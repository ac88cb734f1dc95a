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
    PRIMARY("/", "/primary", "/read-write"),
    /// Holds the lease, whatever PostgreSQL does.
    LEADER("/leader"),
    /// A replica that runs.
    REPLICA("/replica"),
    /// Serves reads: a primary or a replica.
    READ_ONLY("/read-only"),
    /// A replica whose acknowledgement is counted.
    SYNCHRONOUS("/sync", "/synchronous"),
    /// A replica whose acknowledgement is not counted.
    ASYNCHRONOUS("/async", "/asynchronous"),
    /// PostgreSQL runs.
    HEALTH("/health"),
    /// The agent makes progress.
    LIVENESS("/liveness"),
    /// Ready to serve as what it is.
    READINESS("/readiness");

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
    /// @param tags tags that the node must have, as text
    record Demand(long lagBytesMaximum, boolean lagOfReplay, Map<String, String> tags) {
        static final Demand NONE = new Demand(Long.MAX_VALUE, true, Map.of());
    }

    /// What is known of a node at one moment.
    record Condition(MemberStatus self, boolean holdsLease, long loopAgeMillis, long leaseMillis) {

        static Condition of(NodeView node) {
            // The lease is asked before the loop's age: what is found stale must not look fresh.
            MemberStatus self = node.self();
            boolean holdsLease = node.holdsLease();
            return new Condition(self, holdsLease, node.loopAgeMillis(), node.leaseMillis());
        }

        private boolean is(MemberRole role) {
            return self.role() == role;
        }
    }

    /// Why the answer is no; empty when it is yes. Everything rests on the age of the node's loop:
    /// a node that hangs must not go on saying what was true before.
    Optional<String> problem(Condition node, Demand demand) {
        return stalled(node)
                .or(() ->
                        switch (this) {
                            case PRIMARY -> notPrimary(node);
                            case LEADER -> noLease(node);
                            case REPLICA -> notReplica(node, demand);
                            case READ_ONLY, READINESS ->
                                    node.is(MemberRole.PRIMARY)
                                            ? notPrimary(node)
                                            : notReplica(node, demand);
                            case SYNCHRONOUS ->
                                    notReplica(node, demand).or(() -> wrongSync(node, true));
                            case ASYNCHRONOUS ->
                                    notReplica(node, demand).or(() -> wrongSync(node, false));
                            case HEALTH -> notRunning(node);
                            case LIVENESS -> Optional.empty();
                        });
    }

    private static Optional<String> stalled(Condition node) {
        boolean leading = node.holdsLease() || node.is(MemberRole.PRIMARY);
        long maximum = leading ? node.leaseMillis() : 2 * node.leaseMillis();
        return when(
                node.loopAgeMillis() > maximum,
                "the agent has made no progress for " + node.loopAgeMillis() + " ms");
    }

    private static Optional<String> notPrimary(Condition node) {
        return when(!node.is(MemberRole.PRIMARY), "the role is " + node.self().role())
                .or(() -> noLease(node))
                .or(() -> notRunning(node));
    }

    private static Optional<String> noLease(Condition node) {
        return when(!node.holdsLease(), "this node does not hold the lease");
    }

    private static Optional<String> notRunning(Condition node) {
        return when(node.is(MemberRole.WITNESS), "a witness runs no PostgreSQL")
                .or(() ->
                        when(
                                node.self().state() != MemberState.RUNNING,
                                "the state is " + node.self().state()));
    }

    private static Optional<String> wrongSync(Condition node, boolean wanted) {
        return when(
                node.self().sync() != wanted,
                wanted ? "the replica is not synchronous" : "the replica is synchronous");
    }

    private static Optional<String> notReplica(Condition node, Demand demand) {
        return when(!node.is(MemberRole.REPLICA), "the role is " + node.self().role())
                .or(() -> notRunning(node))
                .or(() -> tooFarBehind(node.self(), demand))
                .or(() -> otherTags(node.self(), demand));
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

    private static Optional<String> otherTags(MemberStatus self, Demand demand) {
        MemberTags tags = self.tags();
        for (Map.Entry<String, String> wanted : demand.tags().entrySet()) {
            Function<MemberTags, Object> has =
                    known ->
                            switch (wanted.getKey()) {
                                case "nofailover" -> known.nofailover();
                                case "failover_priority" -> known.failoverPriority();
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

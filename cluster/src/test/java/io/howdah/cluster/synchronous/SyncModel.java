package io.howdah.cluster.synchronous;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.state.Incarnation;
import io.howdah.cluster.state.NodeName;
import io.howdah.cluster.state.Position;
import io.howdah.cluster.state.Sync;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import io.howdah.postgres.TimelineId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// A primary, its standbys and what is acknowledged, as far as `SyncPlan` is concerned. WAL is a
/// number. A seed decides all.
final class SyncModel {

    private static final NodeName LEADER = new NodeName("leader");

    private final Random random;
    private final boolean pretendFlushed;
    private final SortedMap<NodeName, Incarnation> members = new TreeMap<>();
    private final Map<NodeName, Long> flushed = new HashMap<>();
    private final Map<NodeName, Boolean> up = new HashMap<>();
    private final List<String> trace = new ArrayList<>();
    private Sync recorded;
    private InForce inForce = new InForce.Alone();
    private InForce believed = inForce;
    private long mark;
    private long end = 1;
    private long acknowledged;
    private boolean strict;

    SyncModel(int standbys, Random random, boolean pretendFlushed) {
        this.random = random;
        this.pretendFlushed = pretendFlushed;
        for (int i = 1; i <= standbys; i++) {
            NodeName name = new NodeName("n" + i);
            members.put(name, new Incarnation("0000000" + i));
            flushed.put(name, 0L);
            up.put(name, false);
        }
        Position base = new Position(TimelineHistory.startingAt(TimelineId.FIRST), Lsn.ZERO);
        recorded =
                new Sync(
                        new Epoch(1),
                        LEADER,
                        new Incarnation("00000000"),
                        base,
                        new TreeMap<>(),
                        0,
                        0);
    }

    SyncModel strict() {
        strict = true;
        inForce = new InForce.Nobody();
        believed = inForce;
        return this;
    }

    /// Runs random events.
    ///
    /// @return the first violation
    Optional<String> run(int events) {
        for (int i = 0; i < events; i++) {
            event();
            Optional<String> violation = violation();
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }

    private void event() {
        List<NodeName> names = List.copyOf(members.keySet());
        NodeName one = names.get(random.nextInt(names.size()));
        switch (random.nextInt(6)) {
            case 0 -> end++;
            case 1 -> up.put(one, !Boolean.TRUE.equals(up.get(one)));
            case 2, 3 -> flush(one);
            case 4 -> failHalfway(step());
            default -> perform(step());
        }
        acknowledge();
    }

    private void flush(NodeName member) {
        long has = flushed(member);
        if (Boolean.TRUE.equals(up.get(member)) && has < end) {
            flushed.put(member, has + 1 + random.nextLong(end - has));
        }
    }

    private long flushed(NodeName member) {
        return flushed.getOrDefault(member, 0L);
    }

    private void acknowledge() {
        switch (inForce) {
            case InForce.Alone alone -> acknowledged = end;
            case InForce.Nobody nobody -> trace.add("commits wait");
            case InForce.Unknown unknown ->
                    throw new IllegalStateException("something is in force");
            case InForce.Names(var listed, int required) -> {
                List<Long> reached =
                        listed.keySet().stream()
                                .filter(member -> Boolean.TRUE.equals(up.get(member)))
                                .map(this::flushed)
                                .sorted((a, b) -> Long.compare(b, a))
                                .toList();
                if (reached.size() >= required) {
                    acknowledged = Math.max(acknowledged, reached.get(required - 1));
                }
            }
        }
    }

    SyncPlan.Step step() {
        SortedMap<NodeName, Incarnation> healthy = new TreeMap<>(members);
        healthy.keySet().removeIf(member -> !Boolean.TRUE.equals(up.get(member)));
        Set<NodeName> confirmed =
                healthy.keySet().stream()
                        .filter(member -> pretendFlushed || flushed(member) >= mark)
                        .collect(Collectors.toSet());
        Set<NodeName> gone =
                recorded.voters().entrySet().stream()
                        .filter(voter -> !voter.getValue().equals(members.get(voter.getKey())))
                        .map(Map.Entry::getKey)
                        .collect(Collectors.toSet());
        return SyncPlan.next(
                new SyncPlan.Situation(
                        recorded, believed, healthy, confirmed, gone, false, strict, 0));
    }

    /// A change whose end is not known: it may be in force or not.
    private void failHalfway(SyncPlan.Step step) {
        if (step instanceof SyncPlan.Step.Enforce(InForce next)) {
            trace.add("failed halfway: " + step);
            inForce = random.nextBoolean() ? next : inForce;
            believed = new InForce.Unknown();
        }
    }

    private boolean perform(SyncPlan.Step step) {
        trace.add(step + " flushed " + flushed + " acknowledged " + acknowledged);
        return switch (step) {
            case SyncPlan.Step.Settled settled -> false;
            case SyncPlan.Step.Await await -> false;
            case SyncPlan.Step.Agree(var voters, int required) -> {
                recorded =
                        new Sync(
                                recorded.epoch(),
                                LEADER,
                                recorded.leaderIncarnation(),
                                recorded.base(),
                                voters,
                                required,
                                0);
                yield true;
            }
            case SyncPlan.Step.Enforce(InForce next) -> {
                believed = next;
                inForce = next;
                mark = end;
                yield true;
            }
        };
    }

    /// The names in force are voters, and any quorum of the voters holds everything acknowledged.
    private Optional<String> violation() {
        if (recorded.voters().isEmpty()) {
            return Optional.empty();
        }
        if (inForce instanceof InForce.Names names
                && (!recorded.voters().entrySet().containsAll(names.members().entrySet())
                        || names.required() < recorded.required())) {
            return Optional.of(inForce + " is in force, recorded is " + recorded);
        }
        if (inForce instanceof InForce.Alone) {
            return Optional.of("commits wait for nobody, but others can be elected: " + recorded);
        }
        List<Long> lowest =
                recorded.voters().keySet().stream().map(this::flushed).sorted().toList();
        long worstQuorum = lowest.get(recorded.quorum() - 1);
        return worstQuorum >= acknowledged
                ? Optional.empty()
                : Optional.of(
                        "a quorum of "
                                + recorded
                                + " reaches "
                                + worstQuorum
                                + ", acknowledged is "
                                + acknowledged);
    }

    void healAll() {
        up.replaceAll((member, was) -> true);
    }

    void failAll() {
        up.replaceAll((member, was) -> false);
    }

    void copyAnew(NodeName member, Incarnation fresh) {
        members.put(member, fresh);
        flushed.put(member, end);
    }

    /// Steps, with every standby that is up flushing all, until nothing is left to do.
    boolean settle(int steps) {
        for (int i = 0; i < steps; i++) {
            members.keySet().stream()
                    .filter(member -> Boolean.TRUE.equals(up.get(member)))
                    .forEach(member -> flushed.put(member, end));
            SyncPlan.Step step = step();
            if (!perform(step)) {
                return step instanceof SyncPlan.Step.Settled;
            }
        }
        return false;
    }

    Sync recorded() {
        return recorded;
    }

    InForce inForce() {
        return inForce;
    }

    String trace() {
        return String.join("\n", trace);
    }
}

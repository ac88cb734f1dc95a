package io.howdah.cluster.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/// One thing that goes wrong, and for how long.
///
/// @param at virtual time, in nanoseconds
/// @param lasts until it heals by itself, in nanoseconds
/// @param node to whom, and `other` with whom
/// @param leader to whoever leads at that moment, rather than to `node`
record Fault(Kind kind, long at, long lasts, int node, int other, boolean leader) {

    enum Kind {
        POSTMASTER_KILLED,
        POSTGRES_KILLED,
        AGENT_KILLED,
        AGENT_HANGS,
        POSTGRES_HANGS,
        HOST_CRASHES,
        HOST_SUSPENDED,
        HOST_HELD,
        ALL_CRASH,
        CUT_ONE_WAY,
        CUT_BOTH_WAYS,
        ISOLATED,
        ISOLATED_INBOUND,
        SLOW_DISK,
        SLOW_NETWORK,
        DATA_WIPED,
        SLOT_LOST,
        SWITCHOVER,
        SENDER_ENDS,
        PAUSED,
        RESTART_ASKED,
        COPY_ASKED,
        AGENT_DIES_AT_A_STEP,
        WINNER_SLEEPS,
        DATA_CLONED,
        STREAMS_REFUSED,
        CONFIRMATION_LATE,
        AGENT_LEAVES,
        AGENT_STOPS,
        SWITCH_KILLED,
        RESTART_IN_PLACE_ASKED,
        VOTERS_LATE,
        CUT_HALF_DONE,
        TAKES_OVER_LATE,
        PROMOTED_BY_HAND,
        SETTINGS_CHANGED,
        SWITCHOVER_PLANNED,
        MEMBER_REMOVED,
        STARTED_BY_HAND,
        FORCED;

        /// What takes a node's data away, or puts others in their place.
        boolean takesData() {
            return switch (this) {
                case DATA_WIPED, DATA_CLONED, PAUSED -> true;
                default -> isByHand();
            };
        }

        /// What people do to a cluster that is in trouble already: now and then, beside the rest.
        boolean isByHand() {
            return compareTo(PROMOTED_BY_HAND) >= 0;
        }
    }

    private static final List<Kind> BY_HAND =
            Stream.of(Kind.values()).filter(Kind::isByHand).skip(1).toList();

    /// All kinds, or a few: the same again and again finds what all at once do not (swarm testing).
    private static List<Kind> kinds(SplittableRandom random) {
        List<Kind> all = new ArrayList<>(List.of(Kind.values()));
        all.removeIf(Kind::isByHand);
        if (random.nextInt(3) == 0) {
            return all;
        }
        List<Kind> few = new ArrayList<>();
        int count = random.nextInt(2, 6);
        for (int i = 0; i < count; i++) {
            few.add(all.get(random.nextInt(all.size())));
        }
        return few;
    }

    static List<Fault> plan(SplittableRandom random, int nodes, long from, long until) {
        List<Fault> plan = new ArrayList<>();
        int count = random.nextInt(1, 9);
        List<Kind> kinds = kinds(random);
        // faults that come close together do most harm
        long at = from;
        for (int i = 0; i < count; i++) {
            at =
                    random.nextInt(3) == 0
                            ? from + random.nextLong(until - from)
                            : Math.min(until, at + random.nextLong(3 * World.SECOND));
            Kind kind = kinds.get(random.nextInt(kinds.size()));
            if ((kind == Kind.DATA_WIPED || kind == Kind.ALL_CRASH) && random.nextInt(3) != 0) {
                kind = Kind.POSTMASTER_KILLED;
            }
            int node = random.nextInt(nodes);
            plan.add(
                    new Fault(
                            kind,
                            at,
                            random.nextInt(3) == 0
                                    ? random.nextLong(8 * World.SECOND)
                                    : random.nextLong(2 * World.SECOND),
                            node,
                            (node + 1 + random.nextInt(nodes - 1)) % nodes,
                            random.nextInt(3) != 0));
        }
        if (random.nextInt(8) == 0) {
            plan.add(
                    new Fault(
                            Kind.PROMOTED_BY_HAND,
                            from + random.nextLong(until - from),
                            random.nextLong(4 * World.SECOND),
                            random.nextInt(nodes),
                            0,
                            false));
        }
        if (random.nextInt(6) == 0) {
            int changes = random.nextInt(1, 4);
            for (int i = 0; i < changes; i++) {
                plan.add(
                        new Fault(
                                BY_HAND.get(random.nextInt(BY_HAND.size())),
                                from + random.nextLong(until - from),
                                random.nextLong(3 * World.SECOND),
                                random.nextInt(nodes),
                                0,
                                false));
            }
        }
        plan.sort((a, b) -> Long.compare(a.at, b.at));
        return plan;
    }

    Fault halfAsLong() {
        return new Fault(kind, at, lasts / 2, node, other, leader);
    }

    @Override
    public String toString() {
        return "%8.3f s %s %s, with n%d, for %.3f s"
                .formatted(
                        at / 1e9,
                        kind,
                        leader ? "the leader" : "n" + (node + 1),
                        other + 1,
                        lasts / 1e9);
    }
}

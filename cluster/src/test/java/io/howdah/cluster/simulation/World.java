package io.howdah.cluster.simulation;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// Virtual time. Everything that happens is an event at a moment, or a thread that is ready to go
/// on; nothing takes time but by an event. For one thread.
final class World {

    static final long MICRO = 1_000L;
    static final long MILLI = 1_000_000L;
    static final String RESTLESS = "it never comes to rest";
    static final long SECOND = 1_000_000_000L;

    /// More than any run needs: a loop that takes no time would never end.
    private static final long MOST_STEPS = 3_000_000;

    private record Event(long at, long order, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final Deque<Runnable> ready = new ArrayDeque<>();
    private final @Nullable List<String> trace;
    private final SplittableRandom random;
    private @Nullable String violation;
    private long now;
    private long order;
    private long steps;

    World(long seed, boolean traced) {
        random = new SplittableRandom(seed);
        trace = traced ? new ArrayList<>() : null;
    }

    long now() {
        return now;
    }

    /// The same on all machines.
    long wallMillis() {
        return 1_700_000_000_000L + now() / MILLI;
    }

    /// Between the two, both included.
    long between(long low, long high) {
        return random.nextLong(low, high + 1);
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    void in(long nanos, Runnable action) {
        events.add(new Event(now + Math.max(0, nanos), order++, action));
    }

    /// For threads: goes on at this moment.
    void ready(Runnable step) {
        ready.add(step);
    }

    /// Runs until this moment, or until a promise is broken.
    void runUntil(long end) {
        while (violation == null) {
            Runnable step = ready.poll();
            if (step == null) {
                Event next = events.peek();
                if (next == null || next.at > end) {
                    now = end;
                    return;
                }
                events.remove();
                now = next.at;
                step = next.action;
            }
            step.run();
            if (++steps > MOST_STEPS) {
                broken(RESTLESS);
            }
        }
    }

    /// Lets threads that are ready end.
    void drain() {
        for (Runnable step = ready.poll(); step != null; step = ready.poll()) {
            step.run();
        }
    }

    long steps() {
        return steps;
    }

    boolean isTraced() {
        return trace != null;
    }

    void trace(String who, String what) {
        if (trace != null) {
            trace.add("%9.4f %-3s %s".formatted(now / 1e9, who, what));
        }
    }

    List<String> traced() {
        return trace == null ? List.of() : trace;
    }

    /// A promise is broken. The first one counts.
    void broken(String promise) {
        if (violation == null) {
            violation = promise;
            trace("!!!", promise);
        }
    }

    @Nullable String violation() {
        return violation;
    }
}

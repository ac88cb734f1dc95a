package io.howdah.proxy.pool;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/// The room for server connections of the whole process, of which the pools of each event loop have
/// shares. Nobody has room before another has given it up: a connection keeps its place until it
/// has ended on both sides. What is free is taken by whoever comes; where all is taken, who has
/// waited longest is next, and others are asked to give up a connection for him: one that has lain
/// unused for a moment ([#REST]); one of a loop that has more of a pool than its clients' part of
/// all its clients, for a loop that has less ([#PATIENCE]); or the next one that comes back, where
/// somebody has waited for longer than a turn ([#LOOP_TURN], [ServerPool#TURN]) and has none, or is
/// another pool under the same bound. Who has just got a connection keeps it for a turn while it is
/// used: moving one costs opening one, and where that takes long, moving too often would be all
/// that is done.
///
/// Thread-safe. It is asked only when connections begin and end, and when clients begin to wait
/// where there is no room.
public final class SharedRoom {

    /// A connection that has lain unused for so long may be had by another loop. Moving one costs
    /// opening one.
    public static final Duration REST = Duration.ofMillis(20);

    /// Who has lacked room for so long may have what others have too much of; so often it is looked
    /// who does.
    public static final Duration PATIENCE = Duration.ofMillis(20);

    /// A pool with fewer connections than loops that need one goes round: each has one for so long.
    public static final Duration LOOP_TURN = Duration.ofMillis(250);

    /// Room that somebody has given up for a client who still lacks room of another kind is kept
    /// for him for so long. Whoever has that may keep it for a turn, and gives it up after that.
    static final Duration PROMISE = ServerPool.TURN.multipliedBy(2);

    /// Who was promised room is served before those who have waited for up to so much longer. Not
    /// before all: pools that lack the same room and promise it to each other in turns would keep
    /// out one that needs no more than they leave unused meanwhile.
    static final Duration PRIVILEGE = ServerPool.TURN.multipliedBy(4);

    /// Calls once, later, on any thread.
    @FunctionalInterface
    public interface Alarm {
        void after(Duration time, Runnable call);
    }

    /// For so many it is looked at a time who may give up something.
    private static final int SEEKING_MAXIMUM = 256;

    /// A place in the queue, as it is at some moment: others change meanwhile what it is made of.
    private record Turn(Share share, long claimNanos) {}

    private final LongSupplier clock;
    private final Alarm alarm;
    private final Bounds bounds;
    private final Set<Share> blocked = new LinkedHashSet<>();
    private boolean armed;

    /// @param clock nanoseconds, the same that pools are told
    public SharedRoom(Sizes sizes, LongSupplier clock, Alarm alarm) {
        this.bounds = new Bounds(sizes);
        this.clock = clock;
        this.alarm = alarm;
    }

    /// The share of a pool that begins.
    ///
    /// @param loop runs what the pool is told, on its thread and never at once
    public synchronized Share share(String database, String user, Executor loop) {
        var share = new Share(this, loop, bounds.of(database, user));
        share.bounds().forEach(bound -> bound.shares().add(share));
        return share;
    }

    /// Other sizes hold from now on. What is too many ends as soon as nobody uses it.
    public synchronized void change(Sizes changed) {
        bounds.change(changed);
        serve();
    }

    /// Connections of a database and user that are there or were begun, until they have ended on
    /// both sides.
    public synchronized int used(String database, String user) {
        return bounds.used(database, user);
    }

    // --- for shares

    long now() {
        return clock.getAsLong();
    }

    synchronized boolean take(Share share, boolean awaited, boolean reserve, long now) {
        if (share.isGone()) {
            return false;
        }
        if (share.reserved() == 0) {
            Bound own = share.bounds().getFirst();
            if (!awaited && own.taken() >= own.minimum()) {
                return false;
            }
            if (!hasRoom(share, awaited, reserve, now)) {
                if (awaited) {
                    block(share, reserve, now);
                }
                return false;
            }
            share.reserve(1);
        }
        share.hold(now);
        withdraw(share);
        return true;
    }

    private void block(Share share, boolean reserve, long now) {
        share.block(reserve, now);
        blocked.add(share);
        seek(share, now);
        arm();
    }

    synchronized void withdraw(Share share) {
        if (blocked.remove(share)) {
            share.unblock();
        }
    }

    synchronized void giveBack(Share share) {
        share.release();
    }

    synchronized void ended(Share share) {
        share.bounds().forEach(bound -> bound.use(-1));
        bounds.tidy(share);
        serve();
    }

    synchronized void returnReserved(Share share) {
        if (share.reserved() > 0) {
            share.reserve(-share.reserved());
            serve();
        }
    }

    synchronized void leave(Share share) {
        withdraw(share);
        returnReserved(share);
        share.keepAll();
        share.goAway();
        share.bounds().forEach(bound -> bound.shares().remove(share));
        bounds.tidy(share);
    }

    // --- who gets what

    /// Sets free room aside for those who have waited longest.
    private void serve() {
        if (blocked.isEmpty()) {
            return;
        }
        long now = now();
        for (Share share : byTurn(blocked, now)) {
            if (hasRoom(share, true, share.mayReserve(), now)) {
                withdraw(share);
                share.reserve(1);
                share.tellToGrow();
            }
        }
    }

    /// Who is served first comes first.
    private static List<Share> byTurn(Collection<Share> shares, long now) {
        List<Turn> turns = new ArrayList<>();
        for (Share share : shares) {
            turns.add(new Turn(share, share.claimNanos(now)));
        }
        turns.sort(Comparator.comparingLong(Turn::claimNanos).reversed());
        return turns.stream().map(Turn::share).toList();
    }

    /// Whether there is room that is not kept for others: for those for whom somebody has given up
    /// something, and where nobody waits for it, for all who wait.
    private boolean hasRoom(Share share, boolean awaited, boolean reserve, long now) {
        // First what is known at once: where a bound is full, many may wait.
        for (Bound bound : share.bounds()) {
            if (bound.isFull(reserve, 0)) {
                return false;
            }
        }
        boolean waits = blocked.contains(share);
        for (Bound bound : share.bounds()) {
            if (!bound.isFull(reserve, blocked.size())) {
                continue;
            }
            int others = 0;
            for (Share other : blocked) {
                boolean first =
                        !awaited
                                || (other.isPromised(now)
                                        && !(waits && isBefore(share, other, now)));
                if (first && !other.equals(share) && other.bounds().contains(bound)) {
                    others++;
                }
            }
            if (bound.isFull(reserve, others)) {
                return false;
            }
        }
        return true;
    }

    /// Whether one is served before the other.
    private static boolean isBefore(Share share, Share other, long now) {
        return share.claimNanos(now) >= other.claimNanos(now);
    }

    private void arm() {
        if (!armed && !blocked.isEmpty()) {
            armed = true;
            alarm.after(PATIENCE, this::look);
        }
    }

    private synchronized void look() {
        armed = false;
        serve();
        long now = now();
        List<Share> seeking = blocked.stream().limit(SEEKING_MAXIMUM).toList();
        for (Share share : seeking) {
            // The others are first next time.
            blocked.remove(share);
            blocked.add(share);
            // What one has asked for in vain would be taken to be coming for those before it.
            share.takeBackRequests();
        }
        for (Share share : byTurn(seeking, now)) {
            if (share.waitedNanos(now) >= 0) {
                seek(share, now);
            }
        }
        arm();
    }

    /// Asks somebody to give up what there is no room for without.
    private void seek(Share share, long now) {
        for (Bound bound : share.bounds()) {
            if (bound.isFull(share.mayReserve(), 0)
                    && share.mayAskUnder(bound)
                    && !isComing(share, bound, now)) {
                Share giver = Giver.of(share, bound, now);
                if (giver != null) {
                    share.ask(giver);
                }
            }
        }
    }

    /// Whether there will be room when all is given up that somebody was asked for, also for those
    /// who come first.
    private boolean isComing(Share share, Bound bound, long now) {
        int left = -bound.excess(share.mayReserve());
        for (Share other : blocked) {
            if (left <= 0) {
                return false;
            }
            if (other.bounds().contains(bound) && !isBefore(share, other, now)) {
                left--;
            }
        }
        return left > 0;
    }
}

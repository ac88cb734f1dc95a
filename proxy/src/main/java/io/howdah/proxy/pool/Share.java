package io.howdah.proxy.pool;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// What one pool on one event loop has of the room of the whole process. The pool asks on its own
/// thread; what others read of it is written for them, and what they decide reaches it as a task.
public final class Share implements Room {

    private final SharedRoom room;
    private final Executor loop;

    /// Its own first, then the database's and the user's.
    private final List<Bound> bounds;

    private @Nullable ServerPool<?, ?> pool;

    // --- written on the loop, read by others

    private final AtomicLong waitingSince = new AtomicLong(NEVER);
    private final AtomicLong restingSince = new AtomicLong(NEVER);
    private volatile int clients;

    // --- of the loop

    /// There was no room; it will be told when there is.
    private boolean refused;

    private boolean refusedReserve;

    // --- under the lock of the room

    private final List<Share> asked = new ArrayList<>();
    private final Deque<Share> askers = new ArrayDeque<>();

    /// Those that were asked since this one has lacked room, in this round of them.
    private final Set<Share> tried = new HashSet<>();

    private int held;
    private int reserved;
    private int shed;
    private boolean reserve;
    private long promisedNanos = NEVER;
    private @Nullable Bound lacking;
    private boolean gone;
    private long blockedNanos = NEVER;
    private long heldNanos = NEVER;
    private long heldByPoolNanos = NEVER;
    private long inheritedNanos = NEVER;

    /// How many it has been asked to give up; read without the lock.
    private volatile int owed;

    Share(SharedRoom room, Executor loop, List<Bound> bounds) {
        this.room = room;
        this.loop = loop;
        this.bounds = List.copyOf(bounds);
    }

    // --- for the pool

    @Override
    public void belongTo(ServerPool<?, ?> own) {
        pool = own;
    }

    private ServerPool<?, ?> pool() {
        return Objects.requireNonNull(pool);
    }

    @Override
    public boolean take(boolean awaited, boolean withReserve, long now) {
        if (refused && (!awaited || refusedReserve == withReserve)) {
            return false;
        }
        boolean taken = room.take(this, awaited, withReserve, now);
        refused = !taken && awaited;
        refusedReserve = withReserve;
        return taken;
    }

    @Override
    public boolean isOwed(long now) {
        return owed > 0;
    }

    @Override
    public void giveBack() {
        room.giveBack(this);
    }

    @Override
    public void offer(long now) {
        // Whoever needs it has looked, or will look.
    }

    @Override
    public void reconsider() {
        // Who was refused is told.
    }

    /// Says who waits, and what lies unused.
    ///
    /// @param waiting since when the first client in the queue does; [#NEVER] when nobody waits
    /// @param resting since when a connection lies unused; [#NEVER] when all are used
    void show(long waiting, long resting) {
        if (restingSince.getPlain() != resting) {
            restingSince.setRelease(resting);
        }
        if (waitingSince.getPlain() != waiting) {
            waitingSince.setRelease(waiting);
        }
        if (refused && waiting == NEVER) {
            refused = false;
            room.withdraw(this);
        }
    }

    @Override
    public int size(int own) {
        return bounds.getFirst().taken();
    }

    // --- for who has the pool

    /// So many clients may need connections.
    public void serve(int count) {
        clients = count;
    }

    /// The room of a connection that was given back, or is about to be, is free: it has ended on
    /// both sides. May be called by any thread.
    public void ended() {
        room.ended(this);
    }

    /// The pool is gone; connections of it may still be about to end.
    public void leave() {
        room.leave(this);
    }

    // --- for the room, under its lock

    List<Bound> bounds() {
        return bounds;
    }

    boolean isOfSamePool(Share other) {
        return bounds.getFirst().equals(other.bounds.getFirst());
    }

    int clients() {
        return clients;
    }

    /// How many it will have when all is given up that it was asked for.
    int kept() {
        return held - owed;
    }

    int held() {
        return held;
    }

    int reserved() {
        return reserved;
    }

    boolean isGone() {
        return gone;
    }

    void goAway() {
        gone = true;
    }

    /// Whether it may have one of the reserve.
    boolean mayReserve() {
        return reserve;
    }

    long waitedNanos(long now) {
        return age(waitingSince.getAcquire(), now);
    }

    long restedNanos(long now) {
        return age(restingSince.getAcquire(), now);
    }

    /// For how long there has been no room for it.
    long blockedNanos(long now) {
        return age(blockedNanos, now);
    }

    /// How long ago it got its last one; and where others than its pool lack room, how long ago its
    /// pool did: else one that goes round would keep its connections from them for ever.
    long heldNanos(Bound bound, long now) {
        return age(bound.equals(bounds.getFirst()) ? heldNanos : heldByPoolNanos, now);
    }

    private static long age(long since, long now) {
        return since == NEVER ? -1 : Math.max(0, now - since);
    }

    void block(boolean withReserve, long now) {
        reserve = withReserve;
        if (blockedNanos == NEVER) {
            blockedNanos = now;
            inheritedNanos = NEVER;
        }
    }

    /// Whether somebody has given up a connection for it, a short while ago: if it still cannot
    /// have that, for want of room of another kind, others do not have to wait for long.
    boolean isPromised(long now) {
        return promisedNanos != NEVER && age(promisedNanos, now) < SharedRoom.PROMISE.toNanos();
    }

    /// Who has most of it is served first: for how long it has waited, and more for a promise.
    long claimNanos(long now) {
        return waitedNanos(now) + (isPromised(now) ? SharedRoom.PRIVILEGE.toNanos() : 0);
    }

    private void promise(Share giver, long now) {
        promisedNanos = now;
        inheritedNanos = isOfSamePool(giver) ? giver.heldByPoolNanos : NEVER;
        lacking =
                bounds.stream()
                        .filter(bound -> bound.isFull(reserve, 0) && !giver.bounds.contains(bound))
                        .findFirst()
                        .orElse(null);
    }

    /// Whether somebody may be asked to give up room under a bound. Once somebody has, nobody else
    /// has to before there is room under the other bound that kept this share from using it: that
    /// may take as long as a transaction does.
    boolean mayAskUnder(Bound bound) {
        return lacking == null || lacking.equals(bound) || !lacking.isFull(reserve, 0);
    }

    void unblock() {
        blockedNanos = NEVER;
        promisedNanos = NEVER;
        lacking = null;
        tried.clear();
        takeBackRequests();
    }

    /// Room is set aside for it.
    void reserve(int more) {
        reserved += more;
        bounds.forEach(bound -> {
            bound.use(more);
            bound.take(more);
        });
    }

    /// Takes what was set aside.
    void hold(long now) {
        heldNanos = now;
        heldByPoolNanos = inheritedNanos == NEVER ? now : inheritedNanos;
        inheritedNanos = NEVER;
        reserved--;
        held++;
    }

    void release() {
        held--;
        bounds.forEach(bound -> bound.take(-1));
        if (!askers.isEmpty()) {
            Share asker = askers.remove();
            asker.asked.remove(this);
            asker.promise(this, room.now());
            owe(-1);
        } else if (shed > 0) {
            shed--;
            owe(-1);
        }
    }

    /// Asks another to give one up.
    void ask(Share other) {
        asked.add(other);
        tried.add(other);
        other.askers.add(this);
        other.owe(1);
        other.tellToGiveUp();
    }

    boolean hasAsked(Share other) {
        return tried.contains(other);
    }

    /// All that have something under this bound may be asked once more.
    void askAnew(Bound bound) {
        tried.removeIf(other -> other.bounds.contains(bound));
    }

    void takeBackRequests() {
        for (Share other : asked) {
            other.askers.remove(this);
            other.owe(-1);
        }
        asked.clear();
    }

    /// Has to give one up, for nobody.
    void shed() {
        shed++;
        owe(1);
        tellToGiveUp();
    }

    /// How many it has to give up for nobody.
    int toShed() {
        return shed;
    }

    /// Need not shed any more.
    void keepAll() {
        owe(-shed);
        shed = 0;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // under the lock
    private void owe(int more) {
        owed += more;
        bounds.forEach(bound -> bound.owe(more));
    }

    private void tellToGiveUp() {
        loop.execute(() -> pool().giveUpUnused(room.now()));
    }

    /// There is room that was set aside for it.
    void tellToGrow() {
        loop.execute(() -> {
            refused = false;
            pool().grow(room.now());
            room.returnReserved(this);
        });
    }
}

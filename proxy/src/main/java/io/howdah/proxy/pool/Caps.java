package io.howdah.proxy.pool;

import java.util.List;

/// The room of a pool where all pools are on one thread: as much as its caps leave. For that
/// thread.
public final class Caps implements Room {

    private final List<Cap> caps;
    private List<ServerPool<?, ?>> pool = List.of();

    /// When there was room under one cap last, of no use for want of room under another.
    private long vainNanos = NEVER;

    /// @param caps bound this pool together with others
    public Caps(List<Cap> caps) {
        this.caps = List.copyOf(caps);
    }

    @Override
    public void belongTo(ServerPool<?, ?> own) {
        pool = List.of(own);
    }

    private ServerPool<?, ?> pool() {
        return pool.getFirst();
    }

    @Override
    public boolean take(boolean awaited, boolean reserve, long now) {
        if (!Cap.makeRoom(caps, pool(), awaited, now)) {
            if (awaited) {
                caps.forEach(cap -> cap.refuse(pool(), this));
                if (!caps.stream().allMatch(Cap::isFull)) {
                    vainNanos = now;
                }
            }
            return false;
        }
        caps.forEach(cap -> cap.take(pool()));
        return true;
    }

    @Override
    public boolean isOwed(long now) {
        for (Cap cap : caps) {
            long waited = cap.isFull() ? cap.longestRefusedNanos(now) : -1;
            if (cap.isExceeded()
                    || (waited >= ServerPool.TURN.toNanos()
                            && waited > pool().longestWaitNanos(now))) {
                return true;
            }
        }
        return false;
    }

    /// Whether others would give up room under this cap in vain, as they did less than a turn ago.
    /// Else each connection that comes back to them would be closed for a client that cannot have
    /// it, and be opened anew.
    boolean isHeldUpBeside(Cap cap, long now) {
        return vainNanos != NEVER
                && now - vainNanos < ServerPool.TURN.toNanos()
                && caps.stream().anyMatch(other -> !other.equals(cap) && other.isFull());
    }

    @Override
    public void giveBack() {
        caps.forEach(cap -> cap.giveBack(pool()));
    }

    @Override
    public void offer(long now) {
        caps.forEach(cap -> cap.offer(now));
    }

    @Override
    public void reconsider() {
        caps.forEach(cap -> cap.accept(pool()));
    }

    @Override
    public int size(int own) {
        return own;
    }
}

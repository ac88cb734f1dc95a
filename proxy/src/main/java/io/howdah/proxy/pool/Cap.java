package io.howdah.proxy.pool;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A bound on the connections of several pools together: those of one database, or of one user. A
/// pool that may not grow because of it gets the room of a connection that another leaves unused,
/// or that ends; who has waited longest comes first. For one thread.
public final class Cap {

    private final Set<ServerPool<?, ?>> holders = new LinkedHashSet<>();
    private final Map<ServerPool<?, ?>, Caps> refused = new LinkedHashMap<>();
    private int most;
    private int used;

    /// @param most connections; 0 for no bound
    public Cap(int most) {
        this.most = most;
    }

    /// Changes the bound. Of connections beyond it those end that nobody uses, and the others when
    /// they come back.
    public void change(int bound, long now) {
        most = bound;
        ServerPool<?, ?> idle = longestUnused(null, now);
        while (isExceeded() && idle != null) {
            idle.giveUpLongestUnused(now);
            idle = longestUnused(null, now);
        }
        offer(now);
    }

    /// Connections that are open or being opened.
    public int used() {
        return used;
    }

    boolean isFull() {
        return most > 0 && used >= most;
    }

    boolean isExceeded() {
        return most > 0 && used > most;
    }

    void take(ServerPool<?, ?> pool) {
        used++;
        holders.add(pool);
    }

    void giveBack(ServerPool<?, ?> pool) {
        used--;
        if (pool.size() == 0) {
            holders.remove(pool);
        }
    }

    /// @param caps all that the pool needs room under
    void refuse(ServerPool<?, ?> pool, Caps caps) {
        refused.put(pool, caps);
    }

    void accept(ServerPool<?, ?> pool) {
        refused.remove(pool);
    }

    /// For how long the first client of a pool that was refused, and could use room here, has
    /// waited; less than zero when there is none.
    long longestRefusedNanos(long now) {
        long longest = -1;
        for (Map.Entry<ServerPool<?, ?>, Caps> entry : refused.entrySet()) {
            if (!entry.getValue().isHeldUpBeside(this, now)) {
                longest = Math.max(longest, entry.getKey().longestWaitNanos(now));
            }
        }
        return longest;
    }

    /// There may be room: whoever was refused tries again.
    void offer(long now) {
        if (refused.isEmpty()) {
            return;
        }
        List<ServerPool<?, ?>> pools = new ArrayList<>(refused.keySet());
        pools.sort(
                Comparator.comparingLong((ServerPool<?, ?> pool) -> pool.longestWaitNanos(now))
                        .reversed());
        pools.forEach(pool -> pool.grow(now));
    }

    /// Makes room for one more connection under all of these, if that is possible.
    ///
    /// @param evict whether connections that others leave unused may be closed for it
    static boolean makeRoom(List<Cap> caps, ServerPool<?, ?> asking, boolean evict, long now) {
        for (Cap cap : caps) {
            if (cap.isFull() && !(evict && cap.longestUnused(asking, now) != null)) {
                return false;
            }
        }
        for (Cap cap : caps) {
            while (cap.isFull()) {
                ServerPool<?, ?> idle = cap.longestUnused(asking, now);
                if (idle == null) {
                    return false;
                }
                idle.closeLongestUnused();
            }
        }
        return true;
    }

    /// @param asking is left out
    private @Nullable ServerPool<?, ?> longestUnused(@Nullable ServerPool<?, ?> asking, long now) {
        ServerPool<?, ?> found = null;
        long longest = -1;
        for (ServerPool<?, ?> pool : holders) {
            long unused = pool.equals(asking) ? -1 : pool.longestUnusedNanos(now);
            if (unused > longest) {
                longest = unused;
                found = pool;
            }
        }
        return found;
    }
}

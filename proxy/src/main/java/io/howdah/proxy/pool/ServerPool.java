package io.howdah.proxy.pool;

import io.howdah.proxy.settings.PoolSettings;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The server connections of one database and user, and who waits for one. Clients are served in
/// the order in which they came; of the unused connections the one used last is taken first, so
/// that the others grow old and end. Times are nanoseconds on any one clock. For one thread.
///
/// @param <C> a client
/// @param <S> a server connection
public final class ServerPool<C, S> {

    /// After a failed attempt no new one begins for this long.
    public static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

    /// So many attempts to connect run at once.
    public static final int CONNECTING_MAXIMUM = 8;

    private record Unused<S>(S server, long bornNanos, long sinceNanos) {}

    private final PoolSettings settings;
    private final PoolHands<C, S> hands;
    private final ArrayDeque<Unused<S>> unused = new ArrayDeque<>();
    private final Map<S, Long> taken = new LinkedHashMap<>();
    private final LinkedHashMap<C, Long> waiting = new LinkedHashMap<>();
    private int connecting;
    private boolean wanted;
    private boolean suspended;
    private boolean failed;
    private long failedNanos;

    /// @param hands do what the pool decides
    public ServerPool(PoolSettings settings, PoolHands<C, S> hands) {
        this.settings = settings;
        this.hands = hands;
    }

    /// A client needs a connection.
    ///
    /// @return one that it has now, or null: then it is in the queue, and [PoolHands#join] follows
    public @Nullable S request(C client, long now) {
        wanted = true;
        if (waiting.isEmpty() && !unused.isEmpty()) {
            Unused<S> last = unused.removeLast();
            taken.put(last.server(), last.bornNanos());
            return last.server();
        }
        waiting.put(client, now);
        grow(now);
        return null;
    }

    /// A client that has waited needs none any more.
    public void withdraw(C client) {
        waiting.remove(client);
    }

    /// A new connection is ready.
    public void connected(S server, long now) {
        connecting--;
        failed = false;
        taken.put(server, now);
        offer(server, now);
        grow(now);
    }

    /// An attempt to connect has failed.
    public void connectFailed(long now) {
        connecting--;
        failed = true;
        failedNanos = now;
    }

    /// An attempt to connect was given up, for no fault of the server's.
    public void connectAbandoned(long now) {
        connecting--;
        grow(now);
    }

    /// There is nowhere to connect to: clients wait until [#resume].
    public void suspend() {
        suspended = true;
    }

    /// There is a server to connect to, and nothing that failed before was its fault.
    public void resume(long now) {
        suspended = false;
        failed = false;
        grow(now);
    }

    /// A connection comes back, fit for the next client.
    ///
    /// @param lifetime how old it may be; zero for any age
    public void returned(S server, Duration lifetime, long now) {
        if (isOver(taken.getOrDefault(server, now), lifetime, now)) {
            taken.remove(server);
            hands.close(server);
            grow(now);
        } else {
            offer(server, now);
        }
    }

    /// A connection has ended, used or not.
    public void lost(S server, long now) {
        if (taken.remove(server) == null) {
            unused.removeIf(entry -> entry.server().equals(server));
        }
        grow(now);
    }

    /// Looks after what time changes: those who waited too long, the reserve, connections unused or
    /// too old, the minimum.
    public void tick(Duration queryWait, Duration serverIdle, Duration lifetime, long now) {
        while (!waiting.isEmpty() && isOver(waiting.firstEntry().getValue(), queryWait, now)) {
            hands.giveUp(waiting.pollFirstEntry().getKey());
        }
        Iterator<Unused<S>> oldest = unused.iterator();
        while (oldest.hasNext()) {
            Unused<S> entry = oldest.next();
            boolean spare = size() > settings.minimumPoolSize();
            if (isOver(entry.bornNanos(), lifetime, now)
                    || (spare && isOver(entry.sinceNanos(), serverIdle, now))) {
                oldest.remove();
                hands.close(entry.server());
            }
        }
        grow(now);
    }

    private void offer(S server, long now) {
        Map.Entry<C, Long> first = waiting.pollFirstEntry();
        if (first != null) {
            hands.join(first.getKey(), server);
        } else {
            Long born = taken.remove(server);
            unused.addLast(new Unused<>(server, born == null ? now : born, now));
        }
    }

    private void grow(long now) {
        if (suspended) {
            return;
        }
        // One attempt at a time until one succeeds.
        if (failed && (connecting > 0 || !isOver(failedNanos, PAUSE_AFTER_FAILURE, now))) {
            return;
        }
        int most = settings.poolSize() + (needsReserve(now) ? settings.reserveSize() : 0);
        while (connecting < CONNECTING_MAXIMUM
                && size() < most
                && (connecting < waiting.size() || isShort())) {
            connecting++;
            hands.connect();
            if (failed) {
                return;
            }
        }
    }

    private boolean isShort() {
        return wanted && size() < settings.minimumPoolSize();
    }

    private boolean needsReserve(long now) {
        return !waiting.isEmpty()
                && now - waiting.firstEntry().getValue() >= settings.reserveWait().toNanos();
    }

    private static boolean isOver(long since, Duration bound, long now) {
        return bound.isPositive() && now - since >= bound.toNanos();
    }

    /// Connections that are open or being opened.
    public int size() {
        return taken.size() + unused.size() + connecting;
    }

    /// Clients in the queue.
    public int waiting() {
        return waiting.size();
    }

    /// Connections that lie unused.
    public int unused() {
        return unused.size();
    }
}

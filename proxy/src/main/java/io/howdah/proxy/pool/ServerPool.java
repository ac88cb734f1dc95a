package io.howdah.proxy.pool;

import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.Timeouts;
import java.time.Duration;
import java.util.List;
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

    /// Where a cap binds, a pool that has clients waiting gives a connection up for another whose
    /// clients have waited longer, and for this long: opening one costs more than lending one.
    public static final Duration TURN = Duration.ofSeconds(1);

    /// Of a connection that has lain unused for so long it is asked whether it is still there. To
    /// ask costs a system call.
    static final Duration DOUBTED = Duration.ofMillis(100);

    /// So many attempts to connect run at once.
    public static final int CONNECTING_MAXIMUM = 8;

    private final Room room;
    private final PoolHands<C, S> hands;
    private final Stock<S> stock = new Stock<>();
    private final WaitingLine<C> line = new WaitingLine<>();
    private PoolSettings settings;
    private int connecting;
    private boolean wanted;
    private boolean keeping = true;
    private boolean suspended;
    private boolean failed;
    private long failedNanos;

    /// @param room bounds this pool together with others; no other pool's
    /// @param hands do what the pool decides
    public ServerPool(PoolSettings settings, Room room, PoolHands<C, S> hands) {
        this.settings = settings;
        this.room = room;
        this.hands = hands;
        room.belongTo(this);
    }

    /// A client needs a connection.
    ///
    /// @return one that it has now, or null: then it is in the queue, and [PoolHands#join] follows
    public @Nullable S request(C client, long now) {
        wanted = true;
        S last = line.isEmpty() ? takeUnused(now) : null;
        if (last == null) {
            line.add(client, now);
            show();
            grow(now);
        }
        show();
        return last;
    }

    /// The unused connection that was used last. One that was used just now is there; of another
    /// the server may have ended it, and what it said of that must not be taken for an answer.
    private @Nullable S takeUnused(long now) {
        while (true) {
            boolean doubtful = stock.lastUnusedNanos(now) >= DOUBTED.toNanos();
            S last = stock.take();
            if (last == null || !doubtful || hands.isThere(last)) {
                return last;
            }
            stock.remove(last);
            end(List.of(last), now);
        }
    }

    /// A client that has waited needs none any more.
    public void withdraw(C client) {
        line.remove(client);
        show();
    }

    /// A new connection is ready.
    public void connected(S server, long now) {
        connecting--;
        failed = false;
        stock.add(server, now);
        offer(server, now);
        grow(now);
        show();
    }

    /// An attempt to connect has failed.
    public void connectFailed(long now) {
        connecting--;
        failed = true;
        failedNanos = now;
        gone(now);
    }

    /// An attempt to connect was given up, for no fault of the server's.
    public void connectAbandoned(long now) {
        connecting--;
        gone(now);
        grow(now);
    }

    /// Whether the minimum is kept open. It is not while each attempt would be refused; those for
    /// clients that wait are made all the same.
    public void keepMinimum(boolean changed) {
        keeping = changed;
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
        if (stock.isSpent(server, lifetime, now) || size() > most() || room.isOwed(now)) {
            stock.remove(server);
            end(List.of(server), now);
            grow(now);
        } else {
            offer(server, now);
        }
        show();
    }

    /// Others need room more: what is unused is given up at once, the rest as it comes back.
    void giveUpUnused(long now) {
        while (room.isOwed(now) && stock.unused() > 0) {
            end(stock.removeOldest(1), now);
        }
        show();
    }

    /// The connection that has lain unused for longest is one too many.
    void giveUpLongestUnused(long now) {
        end(stock.removeOldest(1), now);
        show();
    }

    /// A connection has ended, used or not.
    public void lost(S server, long now) {
        if (stock.remove(server)) {
            gone(now);
        }
        grow(now);
        show();
    }

    /// Looks after what time changes: those who waited too long, the reserve, connections unused or
    /// too old, the minimum.
    public void tick(Timeouts bounds, long now) {
        line.expire(bounds.queryWait(), now, hands::giveUp);
        line.tell(bounds.queryWaitNotice(), now, hands::keepWaiting);
        int spare = room.size(size()) - settings.minimumPoolSize();
        end(stock.removeOld(bounds.serverLifetime(), bounds.serverIdle(), spare, now), now);
        grow(now);
        show();
    }

    /// Other sizes hold from now on; what is too many ends as soon as nobody uses it.
    public void resize(PoolSettings changed, long now) {
        settings = changed;
        end(stock.removeOldest(size() - most()), now);
        grow(now);
        show();
    }

    /// New connections lead somewhere else from now on: none is used again that is there already,
    /// and what has failed is worth a try. Attempts under way are told by [#connectAbandoned].
    public void renew(long now) {
        failed = false;
        end(stock.outdate(), now);
        grow(now);
        show();
    }

    private void end(List<S> servers, long now) {
        servers.forEach(server -> {
            hands.close(server);
            gone(now);
        });
    }

    /// One connection less is open or being opened.
    private void gone(long now) {
        room.giveBack();
        room.offer(now);
    }

    private void show() {
        if (room instanceof Share share) {
            share.show(line.firstNanos(Room.NEVER), stock.oldestUnusedNanos(Room.NEVER));
        }
    }

    private void offer(S server, long now) {
        C first = line.poll();
        if (first != null) {
            hands.join(first, server);
            return;
        }
        stock.layDown(server, now);
        room.offer(now);
    }

    /// Closes the connection that has lain unused for longest, for another pool.
    void closeLongestUnused() {
        for (S oldest : stock.removeOldest(1)) {
            hands.close(oldest);
            room.giveBack();
        }
    }

    /// Opens connections, as far as they are needed and may be.
    void grow(long now) {
        room.reconsider();
        if (suspended) {
            return;
        }
        // One attempt at a time until one succeeds.
        if (failed && (connecting > 0 || !Ages.isOver(now - failedNanos, PAUSE_AFTER_FAILURE))) {
            return;
        }
        boolean reserve = needsReserve(now);
        int most = settings.poolSize() + (reserve ? settings.reserveSize() : 0);
        while (connecting < CONNECTING_MAXIMUM && size() < most) {
            boolean awaited = connecting < line.size();
            if (!awaited && !isShort()) {
                return;
            }
            if (!room.take(awaited, reserve, now)) {
                return;
            }
            connecting++;
            hands.connect();
            if (failed) {
                return;
            }
        }
    }

    private boolean isShort() {
        return wanted && keeping && room.size(size()) < settings.minimumPoolSize();
    }

    private boolean needsReserve(long now) {
        return longestWaitNanos(now) >= settings.reserveWait().toNanos();
    }

    private int most() {
        return settings.poolSize() + settings.reserveSize();
    }

    /// Whether a connection that came back now would go to somebody who waits.
    public boolean isAwaited(long now) {
        return !line.isEmpty() || room.isOwed(now);
    }

    /// Connections that are open or being opened.
    public int size() {
        return stock.size() + connecting;
    }

    /// Clients in the queue.
    public int waiting() {
        return line.size();
    }

    /// Connections that lie unused.
    public int unused() {
        return stock.unused();
    }

    /// For how long the first client has waited; less than zero when nobody waits.
    long longestWaitNanos(long now) {
        return line.longestNanos(now);
    }

    /// For how long a connection has lain unused; less than zero when all are used.
    long longestUnusedNanos(long now) {
        return stock.longestUnusedNanos(now);
    }
}

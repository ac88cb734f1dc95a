package io.howdah.proxy.session;

import io.howdah.proxy.pool.SharedRoom;
import io.howdah.proxy.protocol.CancelKey;
import io.howdah.proxy.statement.StatementRoom;
import io.netty.channel.EventLoop;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// What the event loops of a proxy have in common: how many clients there are, whose a cancel key
/// is, the room for server connections and for statements, and the process that served before.
/// Thread-safe.
final class Commons {

    private final Headcount headcount = new Headcount();
    private final Map<CancelKey, Session> byKey = new ConcurrentHashMap<>();
    private final AtomicInteger handedOn = new AtomicInteger();
    private final @Nullable SharedRoom room;
    private final StatementRoom statementRoom;
    private final Scarcity scarcity;
    private final Unsent unsent;
    private volatile @Nullable Predecessor predecessor;

    /// @param room for server connections; null where there is one loop, whose pools know each
    ///   other
    /// @param statementBytes for what clients have prepared
    /// @param unsentBytes for answers that clients do not take
    Commons(@Nullable SharedRoom room, long statementBytes, long unsentBytes) {
        this.room = room;
        this.statementRoom = new StatementRoom(statementBytes);
        this.scarcity = new Scarcity(statementRoom);
        this.unsent = new Unsent(unsentBytes);
    }

    Headcount headcount() {
        return headcount;
    }

    Map<CancelKey, Session> byKey() {
        return byKey;
    }

    /// Cancel requests that are under way to other proxies.
    AtomicInteger handedOn() {
        return handedOn;
    }

    @Nullable SharedRoom room() {
        return room;
    }

    StatementRoom statementRoom() {
        return statementRoom;
    }

    Scarcity scarcity() {
        return scarcity;
    }

    Unsent unsent() {
        return unsent;
    }

    /// The process that served before still has clients.
    void succeed(Predecessor former) {
        predecessor = former;
    }

    @Nullable Predecessor predecessor() {
        return predecessor;
    }

    /// Whether the process that served before has clients still, and is told of cancel requests.
    boolean isFormerThere() {
        Predecessor former = predecessor;
        return former != null && former.isThere();
    }

    /// Runs something on a loop, later; not at all when it has ended.
    static void later(EventLoop loop, Runnable task) {
        if (!loop.isShuttingDown()) {
            loop.execute(task);
        }
    }

    /// Runs something on a loop: at once when it is the caller's own, not at all when it has ended.
    static void on(EventLoop loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
        } else {
            later(loop, task);
        }
    }
}

package io.howdah.proxy.statement;

import java.util.concurrent.atomic.AtomicLong;

/// The room that is there for what clients have prepared, in the whole process: for the texts, and
/// for the clients' names for them. Where event loops take what is left at the same time, each may
/// take one statement more. Thread-safe.
public final class StatementRoom {

    private final AtomicLong takenBytes = new AtomicLong();
    private final AtomicLong refusals = new AtomicLong();
    private volatile long capacityBytes;

    /// All of it is free.
    public StatementRoom(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /// It is larger or smaller from now on; what has room keeps it.
    public void change(long newCapacityBytes) {
        capacityBytes = newCapacityBytes;
    }

    public long capacityBytes() {
        return capacityBytes;
    }

    /// Whether so much is free.
    boolean has(long bytes) {
        return takenBytes.get() + bytes <= capacityBytes;
    }

    /// Whether so much is free in one half of it.
    boolean hasInHalf(long bytes) {
        return takenBytes.get() + bytes <= capacityBytes / 2;
    }

    void take(long bytes) {
        takenBytes.addAndGet(bytes);
    }

    void giveBack(long bytes) {
        takenBytes.addAndGet(-bytes);
    }

    /// A client keeps its connection for want of room.
    public void refuse() {
        refusals.incrementAndGet();
    }

    /// How often a client came to keep its connection for want of room.
    public long refusals() {
        return refusals.get();
    }

    /// How much is taken.
    public long takenBytes() {
        return takenBytes.get();
    }
}

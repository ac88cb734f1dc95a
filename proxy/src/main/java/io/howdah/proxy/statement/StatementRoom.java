package io.howdah.proxy.statement;

import java.util.concurrent.atomic.AtomicLong;

/// The room that is there for what clients have prepared, in the whole process: for the texts, and
/// for the clients' names for them. Where event loops take what is left at the same time, each may
/// take one statement more. Thread-safe.
public final class StatementRoom {

    private static final long CAPACITY_BYTES = 64 * 1024 * 1024;

    private final long capacityBytes;
    private final AtomicLong takenBytes = new AtomicLong();

    /// All of it is free.
    public StatementRoom() {
        this(CAPACITY_BYTES);
    }

    StatementRoom(long capacityBytes) {
        this.capacityBytes = capacityBytes;
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

    /// How much is taken.
    public long takenBytes() {
        return takenBytes.get();
    }
}

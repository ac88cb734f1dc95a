package io.howdah.consensus.ratis;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/// The submissions that were applied lately, so that a second copy of one is known for what it is.
/// Part of the agreed state: the same on every node, and in its snapshots. Not thread-safe.
final class Recent {

    /// @param session who submitted: one life of a store
    /// @param call which submission of that life
    record Id(UUID session, long call) {}

    private record Applied(Id id, long index) {}

    private final Deque<Applied> inOrder = new ArrayDeque<>();
    private final Set<Id> ids = new HashSet<>();

    boolean contains(Id id) {
        return ids.contains(id);
    }

    /// Remembers `id`, applied at `index`, and forgets what is older than the window.
    void add(Id id, long index) {
        while (!inOrder.isEmpty()
                && inOrder.getFirst().index() < index - Submission.WINDOW_ENTRIES) {
            ids.remove(inOrder.removeFirst().id());
        }
        inOrder.addLast(new Applied(id, index));
        ids.add(id);
    }

    void write(DataOutputStream out) throws IOException {
        out.writeInt(inOrder.size());
        for (Applied applied : inOrder) {
            out.writeLong(applied.id().session().getMostSignificantBits());
            out.writeLong(applied.id().session().getLeastSignificantBits());
            out.writeLong(applied.id().call());
            out.writeLong(applied.index());
        }
    }

    static Recent read(DataInputStream in) throws IOException {
        Recent recent = new Recent();
        for (int left = in.readInt(); left > 0; left--) {
            Id id = new Id(new UUID(in.readLong(), in.readLong()), in.readLong());
            recent.add(id, in.readLong());
        }
        return recent;
    }
}

package io.howdah.proxy.statement;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All statements that the clients of one database and user have named, each once; kept as long as
/// a client calls it by a name or a server connection has it. What has no name is not shared, but
/// counted. For one thread.
public final class SharedStatements {

    /// So many bytes of text are kept in the whole process; who names what comes beyond stays on
    /// its connection.
    static final int CAPACITY_BYTES = 64 * 1024 * 1024;

    /// What one costs beside its text, about.
    private static final int OVERHEAD_BYTES = 256;

    private final Map<StatementText, SharedStatement> byText = new HashMap<>();
    private final long capacityBytes;
    private long bytes;
    private long number;

    /// An empty one of one event loop, which has its part of the room.
    public static SharedStatements ofOneOf(int eventLoops) {
        return new SharedStatements(CAPACITY_BYTES / eventLoops);
    }

    SharedStatements(long capacityBytes) {
        this.capacityBytes = capacityBytes;
    }

    /// The one with this text; null when there is no room for it. It has to be retained to stay.
    @Nullable SharedStatement of(StatementText text) {
        SharedStatement known = byText.get(text);
        if (known != null) {
            return known;
        }
        return bytes + size(text) > capacityBytes ? null : another(text);
    }

    /// Makes room for a text that is not shared, but not where the one for names gets scarce.
    ///
    /// @return whether there is any
    boolean take(StatementText text) {
        boolean room = bytes + size(text) <= capacityBytes / 2;
        bytes += room ? size(text) : 0;
        return room;
    }

    /// A text that room was made for is kept no more.
    void giveBack(StatementText text) {
        bytes -= size(text);
    }

    /// One that only its maker knows.
    SharedStatement another(StatementText text) {
        return new SharedStatement(text, ++number);
    }

    void retain(SharedStatement statement) {
        statement.count(1);
        if (statement.references() == 1) {
            bytes += size(statement.text());
            if (!statement.isOutdated()) {
                byText.putIfAbsent(statement.text(), statement);
            }
        }
    }

    void release(SharedStatement statement) {
        statement.count(-1);
        if (statement.references() == 0) {
            bytes -= size(statement.text());
            byText.remove(statement.text(), statement);
        }
    }

    /// Whoever prepares this text from now on gets another one.
    void outdate(SharedStatement statement) {
        statement.outdate();
        byText.remove(statement.text(), statement);
    }

    private static int size(StatementText text) {
        return text.body().length + OVERHEAD_BYTES;
    }

    /// How many there are.
    public int size() {
        return byText.size();
    }

    /// What they take.
    long bytes() {
        return bytes;
    }
}

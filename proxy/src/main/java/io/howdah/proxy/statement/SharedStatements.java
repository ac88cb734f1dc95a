package io.howdah.proxy.statement;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All statements that the clients of one database and user have named, each once; kept as long as
/// a client calls it by a name or a server connection has it. What has no name is not shared, but
/// counted. For one thread.
public final class SharedStatements {

    /// What one costs beside its text, about.
    private static final int OVERHEAD_BYTES = 256;

    /// What a client's name for one costs, about: the name, its note and its place in a map.
    private static final int NAME_BYTES = 200;

    private final Map<StatementText, SharedStatement> byText = new HashMap<>();
    private final StatementRoom room;
    private long number;

    /// @param room shared with all others; who names what there is none for stays on its connection
    public SharedStatements(StatementRoom room) {
        this.room = room;
    }

    /// The one with this text; null when there is no room for it. It has to be retained to stay.
    @Nullable SharedStatement of(StatementText text) {
        SharedStatement known = byText.get(text);
        if (known != null) {
            return known;
        }
        return room.has(size(text)) ? another(text) : null;
    }

    /// Makes room for a text that is not shared, but not where the one for names gets scarce.
    ///
    /// @return whether there is any
    boolean take(StatementText text) {
        boolean free = room.hasInHalf(size(text));
        if (free) {
            room.take(size(text));
        }
        return free;
    }

    /// A text that room was made for is kept no more.
    void giveBack(StatementText text) {
        room.giveBack(size(text));
    }

    /// Whether there is room for one more name of a client's.
    boolean hasRoomForAName() {
        return room.has(NAME_BYTES);
    }

    /// A client comes to keep its connection, as there is no room for what it names.
    void refuse() {
        room.refuse();
    }

    /// A client calls it by a name.
    void retainNamed(SharedStatement statement) {
        room.take(NAME_BYTES);
        retain(statement);
    }

    /// That client has one name less for it.
    void releaseNamed(SharedStatement statement) {
        room.giveBack(NAME_BYTES);
        release(statement);
    }

    /// One that only its maker knows.
    SharedStatement another(StatementText text) {
        return new SharedStatement(text, ++number);
    }

    void retain(SharedStatement statement) {
        statement.count(1);
        if (statement.references() == 1) {
            room.take(size(statement.text()));
            if (!statement.isOutdated()) {
                byText.putIfAbsent(statement.text(), statement);
            }
        }
    }

    void release(SharedStatement statement) {
        statement.count(-1);
        if (statement.references() == 0) {
            room.giveBack(size(statement.text()));
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
}

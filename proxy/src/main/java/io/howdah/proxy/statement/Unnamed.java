package io.howdah.proxy.statement;

import org.jspecify.annotations.Nullable;

/// One statement without a name. It is known by its identity: the same text may mean something else
/// the next time. For one thread.
final class Unnamed {

    private final SharedStatements room;
    private @Nullable StatementText text;

    /// @param text null when it is not kept, nor is it where there is no room for it
    Unnamed(SharedStatements room, @Nullable StatementText text) {
        this.room = room;
        this.text = text != null && room.take(text) ? text : null;
    }

    @Nullable StatementText text() {
        return text;
    }

    /// The name that it ends when it is executed; empty when it does something else.
    String deallocated() {
        return text == null ? "" : text.deallocated();
    }

    /// Nobody needs its text any more.
    void drop() {
        if (text != null) {
            room.giveBack(text);
            text = null;
        }
    }
}

package io.howdah.proxy.statement;

import io.howdah.proxy.protocol.MessageCutter.Cut;
import org.jspecify.annotations.Nullable;

/// One client's messages about the statement that has no name. For one thread.
final class UnnamedRequests {

    private final SharedStatements shared;
    private final Glance glance;
    private final Insertions insertions;
    private final ClientUnnamed unnamed = new ClientUnnamed();

    UnnamedRequests(SharedStatements shared, Glance glance, Insertions insertions) {
        this.shared = shared;
        this.glance = glance;
        this.insertions = insertions;
    }

    /// A Parse without a name.
    Cut parse(Desk desk) {
        return glance.length() <= ClientUnnamed.LONGEST_BYTES && !glance.isComplete()
                ? Cut.WHOLE
                : glance.forward(desk, change(desk));
    }

    /// What a Query, or a Parse or Close without a name, is among other things.
    Note change(Desk desk) {
        Unnamed next = glance.type() == 'P' ? new Unnamed(shared, textToKeep(desk)) : null;
        return unnamed.change(desk.statements(), next);
    }

    private @Nullable StatementText textToKeep(Desk desk) {
        int from = glance.body() + 1;
        return glance.length() <= ClientUnnamed.LONGEST_BYTES
                ? new StatementText(glance.copy(from, glance.end()), desk.parsingSettings())
                : null;
    }

    /// A Bind or Describe without a name.
    ///
    /// @return null when it finds the client's own there
    @Nullable Cut use(Desk desk, int from, int nameEnd) {
        if (unnamed.isUnknown()) {
            return Cut.WAIT;
        }
        if (unnamed.isOn(desk.statements())) {
            return null;
        }
        StatementText text = unnamed.text();
        if (text != null && !text.readsTheSameUnder(desk.parsingSettings())) {
            insertions.refuse(desk, glance, from, nameEnd, StatementMessages.READ_OTHERWISE);
            return Cut.REWRITE;
        }
        insertions.unnamed(desk, unnamed);
        return Cut.AHEAD;
    }

    /// The name that is ended by what is executed now; empty when that does something else.
    String deallocated() {
        return unnamed.deallocated();
    }

    /// A Query is sent, with nothing ahead of it that is not answered.
    void queried(Desk desk) {
        unnamed.end();
        desk.statements().endUnnamed();
    }

    /// A Sync is sent.
    void synced() {
        unnamed.synced();
    }

    /// The client has left.
    void end() {
        unnamed.leave();
    }
}

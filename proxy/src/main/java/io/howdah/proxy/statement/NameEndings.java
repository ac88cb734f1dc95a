package io.howdah.proxy.statement;

import io.howdah.proxy.protocol.MessageCutter.Cut;
import org.jspecify.annotations.Nullable;

/// The end of one client's names: Close, `DEALLOCATE` and `DISCARD ALL`. For one thread.
final class NameEndings {

    private final ClientStatements client;
    private final OwnNames own;
    private final UnnamedRequests unnamed;
    private final Glance glance;
    private final Insertions insertions;
    private final Name probe = new Name();

    /// What has to go ahead of the message did.
    private boolean ahead;

    NameEndings(
            ClientStatements client,
            OwnNames own,
            UnnamedRequests unnamed,
            Glance glance,
            Insertions insertions) {
        this.client = client;
        this.own = own;
        this.unnamed = unnamed;
        this.glance = glance;
        this.insertions = insertions;
    }

    /// A Query that may be a `DEALLOCATE` or `DISCARD ALL`; null when it is neither.
    @Nullable Cut query(Desk desk) {
        int from = glance.body();
        if (from >= glance.end()) {
            return glance.more();
        }
        if (!Deallocation.mayBegin(glance.bytes().getByte(from))
                || glance.length() > Deallocation.LONGEST_BYTES) {
            return null;
        }
        int end = glance.zero(from);
        if (end < 0) {
            return glance.more();
        }
        String text = glance.text(from, end);
        return Deallocation.isOfAll(text)
                ? glance.forward(desk, new Note.Both(unnamed.change(desk), new Note.Discarding()))
                : deallocation(desk, Deallocation.name(text));
    }

    /// `DEALLOCATE`, which is about to be executed: the server does it, once it knows the name.
    ///
    /// @param name empty when it is something else
    @Nullable Cut deallocation(Desk desk, String name) {
        if (name.isEmpty()) {
            return null;
        }
        probe.read(name);
        boolean settled = desk.exchange().isSettled();
        if (!settled && desk.statements().isChanging()) {
            return Cut.WAIT;
        }
        Naming naming = client.find(probe);
        if (naming == null) {
            Cut unknown = unknown(desk);
            // A Bind is not followed by its Execute for certain.
            return unknown == null && glance.type() == 'Q' && own.areThere()
                    ? forward(desk, new Note.OwnClosed(own, probe.copy()))
                    : unknown;
        }
        if (!settled) {
            return Cut.WAIT;
        }
        if (!introduced(desk, probe)) {
            return Cut.AHEAD;
        }
        return forward(desk, closed(naming));
    }

    private Cut forward(Desk desk, Note closed) {
        return glance.forward(
                desk, glance.type() == 'Q' ? new Note.Both(unnamed.change(desk), closed) : closed);
    }

    /// The server is told to close what has this name there: nothing, as a rule.
    Note closed(Naming naming) {
        client.takeOut(naming);
        return new Note.Closed(client, naming);
    }

    /// A name that is not the client's is the server's business, which must not find one of ours.
    @Nullable Cut unknown(Desk desk) {
        if (!desk.statements().hasToClose()) {
            return null;
        }
        insertions.close(desk);
        return Cut.AHEAD;
    }

    /// Whether the server has a statement under the client's own name; else a Parse of ours goes
    /// ahead that makes an empty one, and the same message is looked at again.
    boolean introduced(Desk desk, Name name) {
        ahead = !ahead;
        if (ahead) {
            insertions.introduce(desk, name.copy());
        }
        return !ahead;
    }
}

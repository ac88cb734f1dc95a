package io.howdah.proxy.statement;

import io.howdah.proxy.protocol.MessageCutter.Cut;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/// One client's messages about statements, translated for the server connection that it works with.
/// What is known of names and of servers rests on answers: a message that changes either waits
/// until no ReadyForQuery is to come, and one that rests on such a change does, too; so that all
/// that was taken for granted lies between two Syncs, and is taken back as a whole when there is an
/// error.
///
/// A statement that the server lacks is prepared for the client, which waits for that: the server's
/// description must be the one that the client was given, or the client is told what PostgreSQL
/// tells when a statement's columns change.
///
/// What has no name is the client's own ([ClientUnnamed]). For one thread.
public final class StatementRequests {

    /// A longer Parse is not kept, but stays on its client's connection.
    public static final int LONGEST_BYTES = 128 * 1024;

    private static final String READ_OTHERWISE =
            "prepared statement was made under another client_encoding or"
                    + " standard_conforming_strings, and has to be prepared again";

    private final SharedStatements shared;
    private final boolean sharing;
    private final ClientStatements client;
    private final ClientUnnamed unnamed = new ClientUnnamed();
    private final Insertions insertions;
    private final Name probe = new Name();
    private final Glance glance = new Glance();

    /// What has to go ahead of the message did.
    private boolean ahead;

    private boolean staying;

    /// @param shared of the database and user
    /// @param sharing whether names are translated; else who names a statement keeps its connection
    public StatementRequests(SharedStatements shared, boolean sharing, ByteBufAllocator allocator) {
        this.shared = shared;
        this.sharing = sharing;
        this.client = new ClientStatements(shared);
        this.insertions = new Insertions(allocator);
    }

    /// Whether something of this client lives on its server connection, under the client's name.
    public boolean isStaying() {
        return staying;
    }

    /// What goes ahead of the message, or in place of its first bytes.
    public ByteBuf head() {
        return insertions.head();
    }

    /// How many bytes of the message, from its type on, are replaced.
    public int replacedBytes() {
        return insertions.replacedBytes();
    }

    /// The client has discarded everything.
    public void forgetAll() {
        client.clear();
    }

    /// The client has left.
    public void end() {
        forgetAll();
        unnamed.end();
    }

    /// Looks at a message.
    ///
    /// @param present how many bytes behind the header there are
    /// @return what becomes of it, and then the exchange knows of it; null when it goes as it is
    public @Nullable Cut judge(
            Desk desk, byte type, int length, ByteBuf bytes, int body, int present) {
        boolean concerned =
                switch (type) {
                    case 'P', 'B', 'D', 'C', 'Q', 'S' -> true;
                    default -> false;
                };
        if (!concerned || !desk.exchange().isHeeding()) {
            return null;
        }
        glance.at(type, length, bytes, body, present);
        try {
            return switch (type) {
                case 'P' -> parse(desk);
                case 'B' -> bind(desk);
                case 'Q' -> query(desk);
                case 'S' -> sync();
                default -> describeOrClose(desk);
            };
        } finally {
            glance.done();
        }
    }

    /// Whether the client has names, or may have some again, or the server has names to be rid of.
    private boolean isNaming(Desk desk) {
        return !client.isEmpty() || !desk.statements().isQuiet();
    }

    // --- Parse

    private @Nullable Cut parse(Desk desk) {
        int from = glance.body();
        int nameEnd = glance.zero(from);
        if (nameEnd < 0) {
            staying |= glance.more() == null;
            return glance.more();
        }
        if (nameEnd == from) {
            return parseUnnamed(desk);
        }
        if (!sharing) {
            return stay(desk);
        }
        if (!desk.exchange().isSettled()) {
            return Cut.WAIT;
        }
        probe.read(glance.bytes(), from, nameEnd);
        if (client.find(probe) != null) {
            // The server refuses a name that is taken, once it knows it.
            return introduced(desk) ? null : Cut.AHEAD;
        }
        if (glance.length() > LONGEST_BYTES || client.isFull()) {
            return stay(desk);
        }
        if (!glance.isComplete()) {
            return Cut.WHOLE;
        }
        SharedStatement statement =
                shared.of(
                        new StatementText(
                                glance.copy(nameEnd + 1, glance.end()), desk.parsingSettings()));
        if (statement == null) {
            return stay(desk);
        }
        return parsed(desk, probe.copy(), statement);
    }

    private @Nullable Cut parseUnnamed(Desk desk) {
        return glance.length() <= ClientUnnamed.LONGEST_BYTES && !glance.isComplete()
                ? Cut.WHOLE
                : forward(desk, changeOfUnnamed(desk));
    }

    /// What a Query, or a Parse or Close without a name, is among other things.
    private Note changeOfUnnamed(Desk desk) {
        Unnamed next = glance.type() == 'P' ? new Unnamed(shared, textToKeep(desk)) : null;
        return unnamed.change(desk.statements(), next);
    }

    private @Nullable StatementText textToKeep(Desk desk) {
        int from = glance.body() + 1;
        return glance.length() <= ClientUnnamed.LONGEST_BYTES
                ? new StatementText(glance.copy(from, glance.end()), desk.parsingSettings())
                : null;
    }

    private Cut forward(Desk desk, Note note) {
        desk.exchange().clientSendsNoted(glance.type());
        desk.statements().note(note);
        return Cut.FORWARD;
    }

    /// It goes as it is, and keeps its connection.
    private @Nullable Cut stay(Desk desk) {
        staying = true;
        return unknown(desk);
    }

    private Cut parsed(Desk desk, Name name, SharedStatement statement) {
        ServerStatements server = desk.statements();
        boolean known = !statement.isParsedAnew() && !desk.exchange().isInFailedTransaction();
        boolean here = !known || !server.use(statement);
        Naming naming = new Naming(name, known ? statement : shared.another(statement.text()));
        Note.Parsed parsed = new Note.Parsed(server, client, naming, here);
        client.put(naming);
        if (here) {
            insertions.parse(desk, glance, parsed);
        } else {
            insertions.closeNothing(desk, glance, parsed);
        }
        return Cut.REWRITE;
    }

    // --- what rests on a Parse

    private @Nullable Cut bind(Desk desk) {
        int portalEnd = glance.zero(glance.body());
        return portalEnd < 0 ? glance.more() : use(desk, portalEnd + 1);
    }

    private @Nullable Cut describeOrClose(Desk desk) {
        int from = glance.body();
        if (from == glance.end()) {
            return glance.more();
        }
        return glance.bytes().getByte(from) == 'S' ? use(desk, from + 1) : null;
    }

    private @Nullable Cut use(Desk desk, int from) {
        int nameEnd = glance.zero(from);
        if (nameEnd < 0) {
            return glance.more();
        }
        if (nameEnd == from) {
            return useUnnamed(desk, from, nameEnd);
        }
        if (!isNaming(desk)) {
            return null;
        }
        boolean settled = desk.exchange().isSettled();
        if (!settled && desk.statements().isChanging()) {
            return Cut.WAIT;
        }
        Naming naming = client.find(probe.read(glance.bytes(), from, nameEnd));
        if (naming == null) {
            return unknown(desk);
        }
        if (glance.type() == 'C') {
            return settled ? forward(desk, closed(naming)) : Cut.WAIT;
        }
        SharedStatement statement = naming.statement();
        if (!statement.isOutdated() && desk.statements().use(statement)) {
            forward(desk, naming);
            insertions.rename(glance, from, nameEnd, statement.name());
            return Cut.REWRITE;
        }
        return settled ? lacking(desk, from, nameEnd, statement) : Cut.WAIT;
    }

    private @Nullable Cut useUnnamed(Desk desk, int from, int nameEnd) {
        if (glance.type() == 'C') {
            return forward(desk, changeOfUnnamed(desk));
        }
        if (unnamed.isUnknown()) {
            return Cut.WAIT;
        }
        if (unnamed.isOn(desk.statements())) {
            return glance.type() == 'B' && isNaming(desk)
                    ? deallocation(desk, unnamed.deallocated())
                    : null;
        }
        StatementText text = unnamed.text();
        if (text != null && !text.readsTheSameUnder(desk.parsingSettings())) {
            return refused(desk, from, nameEnd, READ_OTHERWISE);
        }
        insertions.unnamed(desk, unnamed);
        return Cut.AHEAD;
    }

    private @Nullable Cut lacking(Desk desk, int from, int nameEnd, SharedStatement statement) {
        ServerStatements server = desk.statements();
        if (server.isPreparing()) {
            return Cut.WAIT;
        }
        // In a failed transaction the server has the first word.
        boolean heeding = !desk.exchange().isInFailedTransaction();
        if (statement.isOutdated() && heeding) {
            return refused(desk, from, nameEnd, StatementMessages.OUTDATED);
        }
        ParsingSettings now = desk.parsingSettings();
        SharedStatement meant = statement;
        if (!statement.text().settings().equals(now)) {
            if (!statement.text().readsTheSameUnder(now)) {
                return refused(desk, from, nameEnd, READ_OTHERWISE);
            }
            SharedStatement other = shared.of(statement.text().under(now));
            if (other != null && !other.learnShapeOf(statement)) {
                return refused(desk, from, nameEnd, StatementMessages.OUTDATED);
            }
            meant = other == null ? statement : other;
            client.put(new Naming(probe.copy(), meant));
            if (server.use(meant)) {
                return use(desk, from);
            }
        }
        insertions.prepare(desk, meant);
        return Cut.AHEAD;
    }

    private Cut refused(Desk desk, int from, int nameEnd, String message) {
        forward(desk, new Note.Refused(message));
        insertions.rename(glance, from, nameEnd, StatementMessages.NOBODYS_NAME);
        return Cut.REWRITE;
    }

    /// A name that is not the client's is the server's business, which must not find one of ours.
    private @Nullable Cut unknown(Desk desk) {
        if (!desk.statements().hasToClose()) {
            return null;
        }
        insertions.close(desk);
        return Cut.AHEAD;
    }

    // --- Query and Sync

    private @Nullable Cut query(Desk desk) {
        Cut deallocation = isNaming(desk) ? deallocation(desk) : null;
        if (deallocation != null) {
            return deallocation;
        }
        if (desk.exchange().isOwing()) {
            return forward(desk, changeOfUnnamed(desk));
        }
        unnamed.end();
        desk.statements().endUnnamed();
        return null;
    }

    private @Nullable Cut sync() {
        unnamed.synced();
        return null;
    }

    // --- the end of a name

    /// A Query that may be a `DEALLOCATE` or `DISCARD ALL`.
    private @Nullable Cut deallocation(Desk desk) {
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
                ? forward(desk, new Note.Both(changeOfUnnamed(desk), new Note.Discarding()))
                : deallocation(desk, Deallocation.name(text));
    }

    /// `DEALLOCATE`, which is about to be executed: the server does it, once it knows the name.
    private @Nullable Cut deallocation(Desk desk, String name) {
        if (name.isEmpty()) {
            return null;
        }
        probe.read(name);
        if (!desk.exchange().isSettled() && desk.statements().isChanging()) {
            return Cut.WAIT;
        }
        Naming naming = client.find(probe);
        if (naming == null) {
            return unknown(desk);
        }
        if (!desk.exchange().isSettled()) {
            return Cut.WAIT;
        }
        if (!introduced(desk)) {
            return Cut.AHEAD;
        }
        Note closed = closed(naming);
        return forward(
                desk, glance.type() == 'Q' ? new Note.Both(changeOfUnnamed(desk), closed) : closed);
    }

    /// The server is told to close what has this name there: nothing, as a rule.
    private Note closed(Naming naming) {
        client.takeOut(naming);
        return new Note.Closed(client, naming);
    }

    /// Whether the server has a statement under the client's own name; else a Parse of ours goes
    /// ahead that makes an empty one, and the same message is looked at again.
    private boolean introduced(Desk desk) {
        ahead = !ahead;
        if (ahead) {
            insertions.introduce(desk, probe.copy());
        }
        return !ahead;
    }
}

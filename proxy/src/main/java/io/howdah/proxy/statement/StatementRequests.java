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

    private final SharedStatements shared;
    private final boolean sharing;
    private final ClientStatements client;
    private final UnnamedRequests unnamed;
    private final NameEndings endings;
    private final Insertions insertions;
    private final Name probe = new Name();
    private final Glance glance = new Glance();
    private final OwnNames own = new OwnNames();

    /// @param shared of the database and user
    /// @param sharing whether names are translated; else who names a statement keeps its connection
    public StatementRequests(SharedStatements shared, boolean sharing, ByteBufAllocator allocator) {
        this.shared = shared;
        this.sharing = sharing;
        this.client = new ClientStatements(shared);
        this.insertions = new Insertions(allocator);
        this.unnamed = new UnnamedRequests(shared, glance, insertions);
        this.endings = new NameEndings(client, own, unnamed, glance, insertions);
    }

    /// Whether something of this client lives on its server connection, under the client's name.
    public boolean isStaying() {
        return own.areThere();
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
        own.clear();
    }

    /// The client has left.
    public void end() {
        client.leave();
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
        return !client.isEmpty() || own.areThere() || !desk.statements().isQuiet();
    }

    // --- Parse

    private @Nullable Cut parse(Desk desk) {
        int from = glance.body();
        int nameEnd = glance.zero(from);
        if (nameEnd < 0) {
            Cut more = glance.more();
            return more == null ? glance.forward(desk, own.prepared(null)) : more;
        }
        if (nameEnd == from) {
            return unnamed.parse(desk);
        }
        probe.read(glance.bytes(), from, nameEnd);
        if (!sharing) {
            return stay(desk);
        }
        if (!desk.exchange().isSettled()) {
            return Cut.WAIT;
        }
        if (client.find(probe) != null) {
            // The server refuses a name that is taken, once it knows it.
            return endings.introduced(desk, probe) ? null : Cut.AHEAD;
        }
        if (glance.length() > LONGEST_BYTES || client.isFull() || own.has(probe)) {
            return stay(desk);
        }
        if (!shared.hasRoomForAName()) {
            return stayForWantOfRoom(desk);
        }
        if (!glance.isComplete()) {
            return Cut.WHOLE;
        }
        SharedStatement statement =
                shared.of(
                        new StatementText(
                                glance.copy(nameEnd + 1, glance.end()), desk.parsingSettings()));
        if (statement == null) {
            return stayForWantOfRoom(desk);
        }
        return parsed(desk, probe.copy(), statement);
    }

    /// It goes as it is, and keeps its connection.
    private Cut stay(Desk desk) {
        Cut ahead = endings.unknown(desk);
        return ahead == null ? glance.forward(desk, own.prepared(probe.copy())) : ahead;
    }

    private Cut stayForWantOfRoom(Desk desk) {
        boolean staying = own.areThere();
        Cut cut = stay(desk);
        if (!staying && own.areThere()) {
            shared.refuse();
        }
        return cut;
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
            Cut ahead = endings.unknown(desk);
            return ahead == null && glance.type() == 'C' && own.areThere()
                    ? glance.forward(desk, new Note.OwnClosed(own, probe.copy()))
                    : ahead;
        }
        if (glance.type() == 'C') {
            return settled ? glance.forward(desk, endings.closed(naming)) : Cut.WAIT;
        }
        SharedStatement statement = naming.statement();
        if (!statement.isOutdated() && desk.statements().use(statement)) {
            glance.forward(desk, naming);
            insertions.rename(glance, from, nameEnd, statement.name());
            return Cut.REWRITE;
        }
        return settled ? lacking(desk, from, nameEnd, statement) : Cut.WAIT;
    }

    private @Nullable Cut useUnnamed(Desk desk, int from, int nameEnd) {
        if (glance.type() == 'C') {
            return glance.forward(desk, unnamed.change(desk));
        }
        Cut cut = unnamed.use(desk, from, nameEnd);
        return cut == null && glance.type() == 'B' && isNaming(desk)
                ? endings.deallocation(desk, unnamed.deallocated())
                : cut;
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
                return refused(desk, from, nameEnd, StatementMessages.READ_OTHERWISE);
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
        insertions.refuse(desk, glance, from, nameEnd, message);
        return Cut.REWRITE;
    }

    // --- Query and Sync

    private @Nullable Cut query(Desk desk) {
        Cut ending = isNaming(desk) ? endings.query(desk) : null;
        if (ending != null) {
            return ending;
        }
        if (desk.exchange().isOwing()) {
            return glance.forward(desk, unnamed.change(desk));
        }
        unnamed.queried(desk);
        return null;
    }

    private @Nullable Cut sync() {
        unnamed.synced();
        return null;
    }
}

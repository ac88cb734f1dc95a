package io.howdah.proxy.statement;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/// What is put into one client's stream on its way to the server: messages of ours ahead of one of
/// the client's, or another beginning of that one. Each is noted as it is written. For one thread.
final class Insertions {

    private static final int HEADER_BYTES = 5;
    private static final int USUAL_BYTES = 256;

    private final ByteBufAllocator allocator;
    private ByteBuf head = Unpooled.EMPTY_BUFFER;
    private int replacedBytes;

    Insertions(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    ByteBuf head() {
        return head;
    }

    int replacedBytes() {
        return replacedBytes;
    }

    /// Another name in a message; all that follows the name stays where it is.
    ///
    /// @param from where the client's name begins
    /// @param nameEnd where the zero behind it is
    void rename(Glance glance, int from, int nameEnd, Name name) {
        int prefix = from - glance.body();
        head = allocator.buffer(HEADER_BYTES + prefix + name.writtenBytes());
        head.writeByte(glance.type())
                .writeInt(glance.length() - (nameEnd + 1 - from) + name.writtenBytes())
                .writeBytes(glance.bytes(), glance.body(), prefix);
        name.write(head);
        replacedBytes = HEADER_BYTES + nameEnd + 1 - glance.body();
    }

    /// A use of what nobody has prepared, in place of one that must fail.
    ///
    /// @param message what the client is told
    void refuse(Desk desk, Glance glance, int from, int nameEnd, String message) {
        glance.forward(desk, new Note.Refused(message));
        rename(glance, from, nameEnd, StatementMessages.NOBODYS_NAME);
    }

    /// A Close of nothing in place of a Parse.
    void closeNothing(Desk desk, Glance glance, Note.Parsed parsed) {
        replace(glance);
        desk.exchange().parseAsClose();
        StatementMessages.named(head, 'C', StatementMessages.NOBODYS_NAME);
        desk.statements().note(parsed);
    }

    /// A client's Parse under the shared name, and a question what it returns.
    void parse(Desk desk, Glance glance, Note.Parsed parsed) {
        SharedStatement statement = parsed.naming().statement();
        ServerStatements server = desk.statements();
        replace(glance);
        server.makeRoom();
        server.close(desk.exchange(), head);
        desk.exchange().clientSendsNoted((byte) 'P');
        StatementMessages.parse(head, statement.name(), statement.text().body());
        server.add(statement);
        server.note(parsed);
        describe(desk, new Note.Describing(server, statement, parsed));
    }

    private void replace(Glance glance) {
        head = allocator.buffer(USUAL_BYTES);
        replacedBytes = glance.length() + 1;
    }

    /// A statement that the server lacks, and a question what it returns, whose answer comes at
    /// once.
    void prepare(Desk desk, SharedStatement statement) {
        ServerStatements server = desk.statements();
        head = allocator.buffer(USUAL_BYTES);
        server.makeRoom();
        server.close(desk.exchange(), head);
        server.preparing(statement);
        desk.exchange().sendAhead((byte) 'P');
        StatementMessages.parse(head, statement.name(), statement.parseBody());
        server.note(new Note.Preparing(server));
        describe(desk, new Note.Describing(server, statement, null));
        StatementMessages.flush(head);
    }

    private void describe(Desk desk, Note.Describing describing) {
        desk.exchange().sendAhead((byte) 'D');
        StatementMessages.named(head, 'D', describing.statement().name());
        desk.statements().note(describing);
    }

    /// An empty statement under a client's own name.
    void introduce(Desk desk, Name name) {
        close(desk);
        desk.exchange().sendAhead((byte) 'P');
        StatementMessages.parseEmpty(head, name);
        desk.statements().note(new Note.Shadow(desk.statements(), name));
    }

    /// What the client has without a name, or the end of what another has.
    void unnamed(Desk desk, ClientUnnamed unnamed) {
        StatementText text = unnamed.text();
        head = allocator.buffer(USUAL_BYTES);
        if (text == null) {
            desk.exchange().sendAhead((byte) 'C');
            StatementMessages.named(head, 'C', StatementMessages.NO_NAME);
        } else {
            desk.exchange().sendAhead((byte) 'P');
            StatementMessages.parse(head, StatementMessages.NO_NAME, text.body());
        }
        desk.statements().note(unnamed.again(desk.statements()));
    }

    /// The end of all that shall not be there any more.
    void close(Desk desk) {
        head = allocator.buffer(USUAL_BYTES);
        desk.statements().close(desk.exchange(), head);
    }
}

package io.howdah.proxy.statement;

import io.howdah.proxy.exchange.Exchange;
import io.howdah.proxy.exchange.Outcomes;
import io.howdah.proxy.protocol.ErrorFields;
import io.howdah.proxy.statement.Note.Describing;
import io.howdah.proxy.statement.Note.Refused;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// What is prepared on one server connection, in the order of use, and what becomes of what was
/// sent to it. Never more than was configured: then the one that was not used for the longest time
/// goes. For one thread.
public final class ServerStatements implements Outcomes {

    private final SharedStatements shared;
    private final int maximum;
    private final LinkedHashMap<SharedStatement, SharedStatement> prepared =
            new LinkedHashMap<>(16, 0.75f, true);
    private final List<Name> toClose = new ArrayList<>();
    private final ArrayDeque<Note> notes = new ArrayDeque<>();
    private final List<Note.Parsed> named = new ArrayList<>();
    private int changes;
    private boolean reported;
    private boolean ended;
    private @Nullable SharedStatement preparing;
    private @Nullable Unnamed unnamed;

    /// @param maximum so many may be prepared, at least one
    public ServerStatements(SharedStatements shared, int maximum) {
        this.shared = shared;
        this.maximum = Math.max(1, maximum);
    }

    // --- what is there

    /// Whether the server has a statement, which is about to be used.
    boolean use(SharedStatement statement) {
        return prepared.get(statement) != null;
    }

    void add(SharedStatement statement) {
        if (prepared.put(statement, statement) == null) {
            shared.retain(statement);
        }
    }

    /// The server does not have it.
    void drop(SharedStatement statement) {
        if (prepared.remove(statement) != null) {
            shared.release(statement);
        }
    }

    /// The server has it and shall not.
    void evict(SharedStatement statement) {
        closeLater(statement.name());
        drop(statement);
    }

    void makeRoom() {
        while (prepared.size() >= maximum) {
            evict(prepared.firstEntry().getKey());
        }
    }

    void closeLater(Name name) {
        toClose.add(name);
    }

    /// Whether no change is under way and nothing is left to close.
    boolean isQuiet() {
        return changes == 0 && toClose.isEmpty();
    }

    boolean hasToClose() {
        return !toClose.isEmpty();
    }

    /// Closes what shall not be there any more, ahead of the next message.
    void close(Exchange exchange, ByteBuf out) {
        for (Name name : toClose) {
            StatementMessages.named(out, 'C', name);
            exchange.sendAhead((byte) 'C');
            note(new Note.Closing(this, name));
        }
        toClose.clear();
    }

    /// The server has forgotten everything, but for what it was sent since.
    public void clear() {
        prepared.keySet().forEach(shared::release);
        prepared.clear();
        toClose.clear();
        notes.forEach(Note::standsOn);
    }

    /// The connection has ended.
    public void end() {
        if (!ended) {
            ended = true;
            notes.forEach(Note::lost);
            notes.clear();
            clear();
        }
    }

    // --- what is there without a name

    /// Null when nothing, or nobody knows what.
    @Nullable Unnamed unnamed() {
        return unnamed;
    }

    void unnamed(@Nullable Unnamed last) {
        unnamed = last;
    }

    /// Something was sent that ends it, or puts something else in its place.
    public void endUnnamed() {
        unnamed = null;
    }

    // --- what is being prepared for a client that waits for it

    void preparing(@Nullable SharedStatement statement) {
        preparing = statement;
    }

    boolean isPreparing() {
        return preparing != null;
    }

    void prepared(SharedStatement statement) {
        preparing = null;
        if (statement.isOutdated()) {
            closeLater(statement.name());
        } else {
            add(statement);
        }
    }

    /// It does not return any more what clients were told.
    void outdate(SharedStatement statement) {
        shared.outdate(statement);
        if (prepared.containsKey(statement)) {
            evict(statement);
        }
    }

    /// A client's Parse has gone well.
    void named(Note.Parsed parsed) {
        named.add(parsed);
    }

    /// The server has reported a setting that a client may have changed.
    public void settingReported() {
        reported = true;
    }

    /// The server is ready for the next request. Settings are reported only then: what was named
    /// since the last time may have been parsed under other ones than it is known by.
    public void ready(Desk desk) {
        if (reported && !named.isEmpty()) {
            ParsingSettings now = desk.parsingSettings();
            for (Note.Parsed parsed : named) {
                SharedStatement statement = parsed.naming().statement();
                if (!statement.text().settings().equals(now)) {
                    if (prepared.containsKey(statement)) {
                        evict(statement);
                    }
                    parsed.client().replace(parsed.naming(), statement.text().under(now));
                }
            }
        }
        reported = false;
        named.clear();
    }

    // --- what becomes of what was sent

    void note(Note note) {
        notes.add(note);
        changes += note.isChange() ? 1 : 0;
    }

    /// Whether it is not known yet how some changes went.
    boolean isChanging() {
        return changes > 0;
    }

    @Override
    public void answered() {
        if (ended) {
            return;
        }
        Note note = notes.remove();
        changes -= note.isChange() ? 1 : 0;
        note.answered();
    }

    @Override
    public void failed(int count, boolean heard) {
        if (ended) {
            return;
        }
        ArrayDeque<Note> failed = new ArrayDeque<>();
        for (int i = 0; i < count; i++) {
            failed.push(notes.remove());
        }
        while (!failed.isEmpty()) {
            Note note = failed.pop();
            changes -= note.isChange() ? 1 : 0;
            if (heard && failed.isEmpty()) {
                note.failed();
            } else {
                note.skipped();
            }
        }
    }

    /// The server answers a request that was noted by an error.
    ///
    /// @return what the client is told instead; null for the server's own words
    public @Nullable ByteBuf heard(ErrorFields error, ByteBufAllocator allocator) {
        Note note = notes.peekFirst();
        if (note instanceof Refused(String message)) {
            return StatementMessages.refusal(allocator, message);
        }
        if (note instanceof Note.Preparing && preparing != null) {
            learnTaken(preparing, error);
        }
        if (note instanceof Note.Parsed parsed) {
            return learnTaken(parsed.naming().statement(), error)
                    ? renamed(error, parsed.naming(), allocator)
                    : null;
        }
        if (!(note instanceof Naming naming)) {
            return null;
        }
        if (StatementMessages.isOutdated(error)) {
            outdate(naming.statement());
        } else if (StatementMessages.isMissing(error)) {
            // A client has ended it by SQL, of which nothing was heard.
            drop(naming.statement());
        }
        return renamed(error, naming, allocator);
    }

    /// The server may say that it has our name already, which a client has given by SQL: then that
    /// one ends before the next Parse.
    ///
    /// @return whether it says so
    private boolean learnTaken(SharedStatement statement, ErrorFields error) {
        boolean taken = StatementMessages.isTaken(error);
        if (taken) {
            closeLater(statement.name());
        }
        return taken;
    }

    /// The same in the client's words; null where these are the server's own.
    private static @Nullable ByteBuf renamed(
            ErrorFields error, Naming naming, ByteBufAllocator allocator) {
        String ours = naming.statement().name().text();
        if (!error.message().contains(ours)) {
            return null;
        }
        String theirs = error.message().replace(ours, naming.name().text());
        return error.withMessage(theirs).encoded(allocator);
    }

    /// The server says something beside its answer to a request that was noted.
    public void noticed() {
        if (notes.peekFirst() instanceof Note.Parsed parsed) {
            parsed.naming().statement().parseAnew();
        }
    }

    /// The server answers a Describe of ours.
    ///
    /// @param type `t`, `T` or `n`
    /// @return false when the message is damaged
    public boolean described(byte type, ByteBuf bytes, int body, int bodyBytes) {
        if (!(notes.peekFirst() instanceof Describing describing)) {
            return false;
        }
        if (type == 't') {
            byte[] types = new byte[bodyBytes];
            bytes.getBytes(body, types);
            describing.statement().learnParameterTypes(types);
            return true;
        }
        OptionalLong shape = Shape.of(type, bytes, body, bodyBytes);
        if (shape.isPresent() && !describing.statement().learnShape(shape.getAsLong())) {
            describing.changed();
        }
        return shape.isPresent();
    }
}

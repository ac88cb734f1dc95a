package io.howdah.proxy.exchange;

import static io.howdah.proxy.exchange.RequestQueue.AS_CLOSE;
import static io.howdah.proxy.exchange.RequestQueue.COPY_END;
import static io.howdah.proxy.exchange.RequestQueue.OWN;
import static io.howdah.proxy.exchange.RequestQueue.OWN_CLOSE;
import static io.howdah.proxy.exchange.RequestQueue.OWN_DESCRIBE;
import static io.howdah.proxy.exchange.RequestQueue.OWN_PARSE;

/// What one server connection owes, known from the types of the messages that went either way. It
/// follows PostgreSQL's own rules (its `PostgresMain` and `CopyGetData`):
///
/// - each Query, FunctionCall and Sync is answered by one ReadyForQuery, the messages of the
///   extended protocol by one message of their own each;
/// - after an error in the extended protocol the server skips everything up to the next Sync;
/// - while it reads COPY data it ignores Sync and Flush; CopyData, CopyDone and CopyFail that come
///   when no COPY is under way are ignored, too. So whether a Sync between the data of a COPY that
///   fails is answered depends on which of them was wrong: nobody can tell from outside, and the
///   connection serves nobody after that ([#isUnsure]).
///
/// Requests of the proxy's own are a Query between two clients ([#sendOwn]) and, ahead of a
/// client's messages, a Parse, Close or Describe of a statement ([#sendAhead]); their replies are
/// dropped, but for an error to the latter, which is the client's. A client's Parse that is not
/// needed is sent as a Close, whose reply then passes as a ParseComplete: so the server keeps the
/// order, and skips after an error what has to be skipped. For one thread.
public final class Exchange {

    /// So many requests may be unanswered; those behind them wait until some are.
    public static final int LONGEST = 8_192;

    private final Outcomes outcomes;
    private final RequestQueue requests = new RequestQueue();
    private byte status = 'I';

    /// Messages of the extended protocol were sent, and no Sync since.
    private boolean open;

    /// The server met an error in the extended protocol and waits for a Sync that was not sent yet.
    private boolean skipping;

    /// The server reads COPY data, and the client has not sent their end.
    private boolean copying;

    /// The client's latest messages were data for a COPY, if there is one.
    private boolean dataSent;

    /// Among the data of the COPY that is under way is a Sync.
    private boolean syncInData;

    private boolean unsure;
    private boolean doubtful;
    private boolean ownFailed;

    /// @param outcomes is told what becomes of noted requests
    public Exchange(Outcomes outcomes) {
        this.outcomes = outcomes;
    }

    /// A client's message is to be sent now, in full.
    ///
    /// @return whether to send it: DROP for what the server would ignore, DOUBT for what is no
    ///   request
    public Passage clientSends(byte type) {
        dataSent = type == 'd' || (dataSent && (type == 'S' || type == 'H'));
        switch (type) {
            case 'Q', 'F' -> {
                if (!skipping) {
                    requests.add(type);
                }
            }
            case 'P', 'B', 'D', 'E', 'C' -> {
                open = true;
                if (!skipping) {
                    requests.add(type);
                }
            }
            case 'S' -> sync();
            case 'H' -> {}
            case 'd' -> {
                return idle() ? Passage.DROP : Passage.PASS;
            }
            case 'c', 'f' -> {
                return copyEnd();
            }
            default -> {
                return Passage.DOUBT;
            }
        }
        return Passage.PASS;
    }

    private void sync() {
        if (copying) {
            syncInData |= dataSent;
        } else {
            open = false;
            skipping = false;
            requests.add(dataSent ? RequestQueue.SYNC_BEHIND_DATA : (byte) 'S');
        }
    }

    /// A client's request is sent whose outcome is noted: a Query, Parse, Bind, Describe or Close.
    public void clientSendsNoted(byte type) {
        requireHeard();
        requests.addMarked(type);
        dataSent = false;
        open |= type != 'Q';
    }

    /// A Close is sent in place of a client's Parse; its outcome is noted.
    public void parseAsClose() {
        requireHeard();
        requests.addMarked(AS_CLOSE);
        dataSent = false;
        open = true;
    }

    /// A request of the proxy's own goes ahead of the client's next message; its outcome is noted.
    ///
    /// @param type `P`, `C` or `D`, of a statement
    public void sendAhead(byte type) {
        requireHeard();
        requests.addMarked(type == 'P' ? OWN_PARSE : type == 'C' ? OWN_CLOSE : OWN_DESCRIBE);
        open = true;
    }

    private void requireHeard() {
        if (!isHeeding()) {
            throw new IllegalStateException("a request that the server would not look at");
        }
    }

    private Passage copyEnd() {
        if (idle()) {
            return Passage.DROP;
        }
        if (copying) {
            copying = false;
        } else if (!requests.isEmpty()) {
            // Perhaps the server has begun to COPY, and we have not heard of it yet.
            requests.add(COPY_END);
        }
        return Passage.PASS;
    }

    /// Nothing to answer: the server would not know what COPY data belong to.
    private boolean idle() {
        return requests.isEmpty() && !copying;
    }

    /// The proxy sends a Query of its own; nothing else may be under way.
    public void sendOwn() {
        if (!isFree()) {
            throw new IllegalStateException("a request of ours in the middle of others");
        }
        ownFailed = false;
        requests.add(OWN);
    }

    /// The server has sent a message of this type, other than ReadyForQuery.
    public Passage serverSends(byte type) {
        byte first = requests.first();
        Passage passage =
                switch (type) {
                    case 'D', 'd', 'H' -> answers(first, (byte) 'E');
                    case 'C', 'I' -> completes(first, (byte) 'E');
                    case 's' -> ends(first, (byte) 'E');
                    case '1' -> ends(first, (byte) 'P', OWN_PARSE);
                    case '2' -> ends(first, (byte) 'B');
                    case '3' -> first == AS_CLOSE ? parsed() : ends(first, (byte) 'C', OWN_CLOSE);
                    case 't' -> answers(first, (byte) 'D', OWN_DESCRIBE);
                    case 'T' -> described(first);
                    case 'n' -> ends(first, (byte) 'D', OWN_DESCRIBE);
                    case 'c' -> answers(first, (byte) 'E');
                    case 'G' -> copyBegins(first);
                    case 'V' -> first == 'F' ? Passage.PASS : Passage.DOUBT;
                    case 'E' -> error(first);
                    case 'N', 'S' -> RequestQueue.isOwn(first) ? Passage.DROP : Passage.PASS;
                    case 'A' -> Passage.PASS;
                    default -> Passage.DOUBT;
                };
        doubtful |= passage == Passage.DOUBT;
        return passage;
    }

    /// The server has sent ReadyForQuery.
    ///
    /// @param newStatus its body: `I` idle, `T` in a transaction, `E` in a failed one
    public Passage serverReady(byte newStatus) {
        byte first = requests.first();
        boolean expected = RequestQueue.isReadying(first);
        boolean known = newStatus == 'I' || newStatus == 'T' || newStatus == 'E';
        if (!expected || !known) {
            doubtful = true;
            return Passage.DOUBT;
        }
        status = newStatus;
        copying = false;
        forget();
        if (first != 'S' && requests.isEmpty()) {
            // A Query ends what was begun without a Sync.
            open = false;
        }
        return first == OWN ? Passage.DROP : Passage.PASS;
    }

    /// A message that comes any number of times before its request's last one.
    private static Passage answers(byte first, byte request) {
        return first == 'Q' ? Passage.PASS : answers(first, request, OWN);
    }

    private static Passage answers(byte first, byte request, byte own) {
        return first == request ? Passage.PASS : first == own ? Passage.DROP : Passage.DOUBT;
    }

    /// A message that ends a request of the extended protocol, but not a Query.
    private Passage completes(byte first, byte request) {
        syncInData = false;
        // An Execute is preceded by no RowDescription, a Describe is not followed by a completion.
        return first == request ? ends(first, request) : answers(first, (byte) 'Q');
    }

    private Passage described(byte first) {
        return first == OWN_DESCRIBE
                ? ends(first, (byte) 'D', OWN_DESCRIBE)
                : completes(first, (byte) 'D');
    }

    private Passage parsed() {
        forget();
        return Passage.AS_PARSED;
    }

    /// A message that answers one kind of request alone.
    private Passage ends(byte first, byte request) {
        return ends(first, request, request);
    }

    private Passage ends(byte first, byte request, byte own) {
        Passage passage = answers(first, request, own);
        if (passage != Passage.DOUBT) {
            forget();
        }
        return passage;
    }

    private Passage copyBegins(byte first) {
        if (first != 'Q' && first != 'E') {
            return Passage.DOUBT;
        }
        int readies = requests.readies();
        RequestQueue.Ahead ahead = requests.readAsCopy();
        copying = !ahead.ended();
        syncInData = ahead.syncBehindData();
        boolean ignored = requests.readies() < readies;
        if (ignored && first == 'E' && !requests.contains((byte) 'S')) {
            open = true;
        }
        return Passage.PASS;
    }

    private Passage error(byte first) {
        copying = false;
        unsure |= syncInData;
        syncInData = false;
        switch (first) {
            case OWN -> {
                ownFailed = true;
                return Passage.DROP;
            }
            case 'P', 'B', 'D', 'E', 'C', OWN_PARSE, OWN_CLOSE, OWN_DESCRIBE, AS_CLOSE ->
                    skipToSync();
            case 'Q', 'F', 'S' -> {
                if (requests.isFirstMarked()) {
                    requests.clearFirstMark();
                    outcomes.failed(1, true);
                }
            }
            // Nobody asked: the server is about to leave. It is told to the client, and that is
            // all.
            default -> doubtful = true;
        }
        return Passage.PASS;
    }

    private void skipToSync() {
        boolean heard = requests.isFirstMarked();
        int noted = requests.skipToSync();
        skipping = requests.isEmpty();
        if (noted > 0) {
            outcomes.failed(noted, heard);
        }
    }

    private void forget() {
        boolean noted = requests.isFirstMarked();
        requests.remove();
        while (requests.first() == COPY_END) {
            requests.remove();
        }
        if (noted) {
            outcomes.answered();
        }
    }

    /// Whether nothing is under way and no transaction is open, so that somebody else may go on
    /// from here.
    public boolean isFree() {
        return requests.isEmpty()
                && !open
                && !copying
                && !skipping
                && !doubtful
                && !unsure
                && status == 'I';
    }

    /// Whether all that was sent are whole requests, some of which are to be answered: the server
    /// will be ready for others without hearing any more from this client, once it has the last
    /// message in full.
    public boolean isBetweenRequests() {
        return !requests.isEmpty() && !open && !copying && !skipping;
    }

    /// Whether the server has something to answer.
    public boolean isOwing() {
        return !requests.isEmpty();
    }

    /// Whether the replies that come now are to a request of the proxy's own, between two clients.
    public boolean isAnsweringOwn() {
        return requests.first() == OWN;
    }

    /// Whether the replies that come now are to a Describe of the proxy's own.
    public boolean isDescribing() {
        return requests.first() == OWN_DESCRIBE;
    }

    /// Whether the replies that come now are to a request that was noted.
    public boolean isAnsweringNoted() {
        return requests.isFirstMarked();
    }

    /// Whether the server looks at what is sent now: it neither skips to the next Sync, as far as
    /// was heard, nor reads COPY data.
    public boolean isHeeding() {
        return !skipping && !copying;
    }

    /// Whether everything is known that may change between two ReadyForQuery: none is to come that
    /// was asked for.
    public boolean isSettled() {
        return requests.readies() == 0;
    }

    /// Whether the last request of the proxy's own met an error.
    public boolean hasOwnFailed() {
        return ownFailed;
    }

    /// Whether it cannot be known what the server still answers: a COPY has failed with a Sync
    /// among its data. The connection must not be used again.
    public boolean isUnsure() {
        return unsure;
    }

    /// Whether something came that did not belong there; the connection must not be used again.
    public boolean isDoubtful() {
        return doubtful;
    }

    /// Whether no more requests should be sent before some are answered.
    public boolean isFull() {
        return requests.size() >= LONGEST;
    }

    /// Whether the transaction has failed, by the last ReadyForQuery: nothing but its end is
    /// heeded.
    public boolean isInFailedTransaction() {
        return status == 'E';
    }

    /// Whether a transaction is open, by the last ReadyForQuery.
    public boolean isInTransaction() {
        return status != 'I';
    }
}

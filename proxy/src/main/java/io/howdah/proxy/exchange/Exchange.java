package io.howdah.proxy.exchange;

/// What one server connection owes, known from the types of the messages that went either way. It
/// follows PostgreSQL's own rules (its `PostgresMain` and `CopyGetData`):
///
/// - each Query, FunctionCall and Sync is answered by one ReadyForQuery, the messages of the
///   extended protocol by one message of their own each;
/// - after an error in the extended protocol the server skips everything up to the next Sync;
/// - while it reads COPY data it ignores Sync and Flush; CopyData, CopyDone and CopyFail that come
///   when no COPY is under way are ignored, too.
///
/// A request of the proxy's own ([#sendOwn]) is answered like a Query, and its replies are dropped.
/// For one thread.
public final class Exchange {

    /// More unanswered requests than this are not sent: reading from the client pauses.
    public static final int LONGEST = 8_192;

    private static final byte OWN = 'o';
    private static final byte COPY_END = 'c';

    private final RequestQueue requests = new RequestQueue();
    private byte status = 'I';

    /// Messages of the extended protocol were sent, and no Sync since.
    private boolean open;

    /// The server met an error in the extended protocol and waits for a Sync that was not sent yet.
    private boolean skipping;

    /// The server reads COPY data, and the client has not sent their end.
    private boolean copying;

    private boolean doubtful;
    private boolean ownFailed;

    /// A client's message is to be sent now, in full.
    ///
    /// @return whether to send it: DROP for what the server would ignore, DOUBT for what is no
    ///   request
    public Passage clientSends(byte type) {
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
        if (!copying) {
            open = false;
            skipping = false;
            requests.add((byte) 'S');
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
                    case '1' -> ends(first, (byte) 'P');
                    case '2' -> ends(first, (byte) 'B');
                    case '3' -> ends(first, (byte) 'C');
                    case 't' -> first == 'D' ? Passage.PASS : Passage.DOUBT;
                    case 'T' -> completes(first, (byte) 'D');
                    case 'n' -> ends(first, (byte) 'D');
                    case 'c' -> answers(first, (byte) 'E');
                    case 'G' -> copyBegins(first);
                    case 'V' -> first == 'F' ? Passage.PASS : Passage.DOUBT;
                    case 'E' -> error(first);
                    case 'N', 'A', 'S' -> first == OWN && type != 'A' ? Passage.DROP : Passage.PASS;
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
        boolean expected = first == 'Q' || first == 'F' || first == 'S' || first == OWN;
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
        return first == request || first == 'Q'
                ? Passage.PASS
                : first == OWN ? Passage.DROP : Passage.DOUBT;
    }

    /// A message that ends a request of the extended protocol, but not a Query.
    private Passage completes(byte first, byte request) {
        // An Execute is preceded by no RowDescription, a Describe is not followed by a completion.
        return first == request ? ends(first, request) : answers(first, (byte) 'Q');
    }

    /// A message that answers one kind of request alone.
    private Passage ends(byte first, byte request) {
        if (first != request) {
            return Passage.DOUBT;
        }
        forget();
        return Passage.PASS;
    }

    private Passage copyBegins(byte first) {
        if (first != 'Q' && first != 'E') {
            return Passage.DOUBT;
        }
        // What was sent behind the request is read as COPY data until they end; Sync is ignored.
        boolean ignored = false;
        copying = true;
        for (int place = 1; place < requests.size() && copying; ) {
            byte next = requests.at(place);
            if (next == COPY_END) {
                copying = false;
                requests.removeAt(place);
            } else if (next == 'S') {
                ignored = true;
                requests.removeAt(place);
            } else {
                place++;
            }
        }
        if (ignored && first == 'E' && !requests.contains((byte) 'S')) {
            open = true;
        }
        return Passage.PASS;
    }

    private Passage error(byte first) {
        copying = false;
        switch (first) {
            case OWN -> {
                ownFailed = true;
                return Passage.DROP;
            }
            case 'P', 'B', 'D', 'E', 'C' -> {
                while (!requests.isEmpty() && requests.first() != 'S') {
                    requests.remove();
                }
                skipping = requests.isEmpty();
            }
            case 'Q', 'F', 'S' -> {}
            // Nobody asked: the server is about to leave. It is told to the client, and that is
            // all.
            default -> doubtful = true;
        }
        return Passage.PASS;
    }

    private void forget() {
        requests.remove();
        while (requests.first() == COPY_END) {
            requests.remove();
        }
    }

    /// Whether nothing is under way and no transaction is open, so that somebody else may go on
    /// from here.
    public boolean isFree() {
        return requests.isEmpty() && !open && !copying && !skipping && !doubtful && status == 'I';
    }

    /// Whether the server has something to answer.
    public boolean isOwing() {
        return !requests.isEmpty();
    }

    /// Whether the replies that come now are to a request of the proxy's own.
    public boolean isAnsweringOwn() {
        return requests.first() == OWN;
    }

    /// Whether the last request of the proxy's own met an error.
    public boolean hasOwnFailed() {
        return ownFailed;
    }

    /// Whether something came that did not belong there; the connection must not be used again.
    public boolean isDoubtful() {
        return doubtful;
    }

    /// Whether no more requests should be sent before some are answered.
    public boolean isFull() {
        return requests.size() >= LONGEST;
    }

    /// Whether a transaction is open, by the last ReadyForQuery.
    public boolean isInTransaction() {
        return status != 'I';
    }
}

package io.howdah.proxy.exchange;

/// What becomes of one message.
public enum Passage {
    /// It goes on to the other side.
    PASS,
    /// It ends here: the other side has no use for it.
    DROP,
    /// It goes on as a ParseComplete: the server was given a Close in place of the client's Parse.
    AS_PARSED,
    /// It does not belong here: nobody knows any more where this connection stands.
    DOUBT
}

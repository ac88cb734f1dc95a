package io.howdah.proxy.exchange;

/// What becomes of one message.
public enum Passage {
    /// It goes on to the other side.
    PASS,
    /// It ends here: the other side has no use for it.
    DROP,
    /// It does not belong here: nobody knows any more where this connection stands.
    DOUBT
}

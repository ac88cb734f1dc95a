package io.howdah.cli.chaos.check;

/// What a client was told of one transaction.
public enum Outcome {
    /// Committed, without a warning: it must be there for ever.
    ACKNOWLEDGED,
    /// Committed, with the warning that the wait for the standbys was cancelled: it may be lost,
    /// but once it is lost it does not come back.
    LOCAL_ONLY,
    /// The session ended before an answer came: it may be there or not.
    UNKNOWN,
    /// Refused, or never committed: it must not be there.
    REFUSED
}

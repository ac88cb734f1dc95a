package io.howdah.node.api;

/// How a node's PostgreSQL gets its WAL.
public enum Replication {
    /// It is no standby that answers: a primary, a witness, or not up.
    NONE(""),
    /// A standby that streams from the primary.
    STREAMING("streaming"),
    /// A standby that answers reads and streams from nobody: there is no primary, or it may not
    /// follow it yet.
    CUT_OFF("");

    private final String text;

    Replication(String text) {
        this.text = text;
    }

    /// Patroni's word for it, as in `?replication_state=`; empty where Patroni has none.
    public String text() {
        return text;
    }
}

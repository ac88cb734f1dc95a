package io.howdah.proxy.settings;

/// For how long a client keeps its server connection.
public enum PoolMode {
    /// Until it leaves.
    SESSION,
    /// Until its transaction ends.
    TRANSACTION,
    /// Until its statement ends; transactions of several statements are refused.
    STATEMENT
}

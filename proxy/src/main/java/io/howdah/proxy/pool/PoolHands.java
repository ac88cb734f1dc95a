package io.howdah.proxy.pool;

/// What a pool has done for it. None of these may call the pool back before it returns, but for
/// [ServerPool#request] by a client that was joined.
///
/// @param <C> a client
/// @param <S> a server connection
public interface PoolHands<C, S> {

    /// Begins to open a connection; its end is told later.
    void connect();

    /// A client that has waited gets its connection.
    void join(C client, S server);

    /// A client has waited for too long, and waits no more.
    void giveUp(C client);

    /// A client has waited for a while, and goes on waiting.
    void keepWaiting(C client);

    /// Whether a connection that has lain unused can still be used, as far as can be known at once.
    boolean isThere(S server);

    /// A connection that nobody uses shall end.
    void close(S server);
}

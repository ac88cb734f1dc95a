package io.howdah.proxy.pool;

/// What bounds the connections of one pool together with those of others. The methods are called by
/// the pool, on its thread.
public sealed interface Room permits Caps, Share {

    /// Stands for no time.
    long NEVER = Long.MIN_VALUE;

    /// Whose room it is; called once, before all else.
    void belongTo(ServerPool<?, ?> pool);

    /// Takes the room of one more connection. Where there is none, a client that waits for it is
    /// remembered, and the pool is told to grow once there is.
    ///
    /// @param awaited whether a client waits; else the connection is one of the minimum
    /// @param reserve whether it may be one of the reserve
    /// @return whether there was room
    boolean take(boolean awaited, boolean reserve, long now);

    /// Whether a connection that has come back has to end, for others who need its room more.
    boolean isOwed(long now);

    /// One connection less is open or being opened.
    void giveBack();

    /// A connection lies unused, or room was given back: others may have it.
    void offer(long now);

    /// The pool looks anew what it needs.
    void reconsider();

    /// Connections of this database and user that are open or being opened.
    ///
    /// @param own those of the pool
    int size(int own);
}

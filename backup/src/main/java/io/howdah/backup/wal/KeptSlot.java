package io.howdah.backup.wal;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.WireException;

/// The archive's slot on a server that is archived, and the session by which it is moved: one for
/// all repositories. Thread-safe.
final class KeptSlot {

    private final ArchiveSlot slot;
    private final PostgresConnection session; // guarded by this
    private final Lsn first;
    private volatile Lsn serverEnd;

    /// @throws WireException when the server does not let it be made
    KeptSlot(ArchiveSlot slot, PostgresConnection session) {
        this.slot = slot;
        this.session = session;
        this.first = slot.keep(session);
        this.serverEnd = slot.serverEnd(session);
    }

    /// From where on it kept WAL when it was looked at first: what lies before every repository
    /// has.
    Lsn first() {
        return first;
    }

    /// How far the server's WAL went, as it said last.
    Lsn serverEnd() {
        return serverEnd;
    }

    /// Makes it where it is lost.
    ///
    /// @return from where on it keeps WAL
    synchronized Lsn keep() {
        serverEnd = slot.serverEnd(session);
        return slot.keep(session);
    }

    /// Lets go of what lies before a position.
    synchronized void advance(Lsn to) {
        slot.advance(session, to);
    }
}

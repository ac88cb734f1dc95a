package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectName;

/// A repository holds other WAL, or another history, of a timeline than the server has: two servers
/// have written one timeline, or it is the repository of a copy that went its own way. Nothing was
/// changed.
public final class WalConflictException extends BackupException {

    private static final long serialVersionUID = 1L;

    private final ObjectName name;

    WalConflictException(ObjectName name, String store) {
        super(
                name + " in " + store + " holds something else than the server has",
                "find out who wrote it; archive this server's WAL to a repository of its own. Where it"
                        + " is nobody's any more, move it out of the repository: the archive goes on"
                        + " within ten minutes",
                null);
        this.name = name;
    }

    /// What holds something else.
    ObjectName object() {
        return name;
    }
}

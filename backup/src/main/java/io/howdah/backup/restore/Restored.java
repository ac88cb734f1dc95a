package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.wire.ServerAddress;
import java.util.List;
import java.util.Optional;

/// What a restore has made. Immutable.
///
/// @param backup what was restored
/// @param reach up to where the repository has WAL from the backup on, without a gap
/// @param kept how many bytes were right in the directory before
/// @param recovered up to where WAL was replayed; empty when that is left to the first start
/// @param address where the server runs; empty when it does not
/// @param damaged what could not be read from the repository, and is zeros
public record Restored(
        BackupRecord backup,
        Lsn reach,
        long kept,
        Optional<Recovered> recovered,
        Optional<ServerAddress> address,
        List<DamagedPart> damaged) {

    public Restored {
        damaged = List.copyOf(damaged);
    }
}

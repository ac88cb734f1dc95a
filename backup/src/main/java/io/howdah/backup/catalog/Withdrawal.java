package io.howdah.backup.catalog;

import io.howdah.backup.repository.RepositoryIdentity;
import org.jspecify.annotations.Nullable;

/// A `backup.json` that says that there is no such backup. Immutable.
///
/// @param format the version of the format of this file
/// @param id the name of what is no backup
/// @param withdrawn true; in the `backup.json` of a backup it is not there
/// @param parts how many parts of its manifest count
record Withdrawal(int format, String id, @Nullable Boolean withdrawn, @Nullable Integer parts) {

    static Withdrawal of(BackupId id, int parts) {
        return new Withdrawal(RepositoryIdentity.FORMAT, id.text(), true, parts);
    }
}

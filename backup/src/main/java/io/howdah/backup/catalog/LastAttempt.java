package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Note;
import io.howdah.backup.store.ObjectName;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/// What came of the backup that was tried last. One that was killed, or that did not come as far as
/// the repository, says nothing. Immutable.
///
/// @param id its name, and so when it began
/// @param succeeded whether the backup exists
/// @param failure why not; null where it does
public record LastAttempt(String id, boolean succeeded, @Nullable String failure) {

    /// Where it is written down.
    public static final Note<LastAttempt> NOTE =
            new Note<>(new ObjectName("last-attempt.json"), LastAttempt.class);

    /// One that is a backup.
    public static LastAttempt success(BackupId id) {
        return new LastAttempt(id.text(), true, null);
    }

    /// One that is none.
    public static LastAttempt failure(BackupId id, RuntimeException e) {
        String why =
                switch (e) {
                    case BackupException known -> known.fact();
                    case UncheckedIOException _ -> BackupException.said(e);
                    default -> e.toString();
                };
        return new LastAttempt(id.text(), false, why);
    }
}

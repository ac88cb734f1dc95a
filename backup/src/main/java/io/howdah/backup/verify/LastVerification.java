package io.howdah.backup.verify;

import io.howdah.backup.repository.Note;
import io.howdah.backup.store.ObjectName;
import java.time.Instant;

/// What was found when a repository was last read as a whole, on a schedule. Immutable.
///
/// @param startTime when that began, by the clock of who did it
/// @param endTime when it ended
/// @param node whose worker did it
/// @param result what was found
public record LastVerification(
        Instant startTime, Instant endTime, String node, VerifyResult result) {

    /// Where it is written down.
    public static final Note<LastVerification> NOTE =
            new Note<>(new ObjectName("last-verification.json"), LastVerification.class);
}

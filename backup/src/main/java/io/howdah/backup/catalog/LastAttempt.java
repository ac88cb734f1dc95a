package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What came of the backup that was tried last, for who watches: nothing else goes by it. One that
/// was killed, or that did not come as far as the repository, says nothing. Immutable.
///
/// @param id its name, and so when it began
/// @param succeeded whether the backup exists
/// @param failure why not; null where it does
public record LastAttempt(String id, boolean succeeded, @Nullable String failure) {

    private static final ObjectName OBJECT = new ObjectName("last-attempt.json");
    private static final int MOST_BYTES = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(LastAttempt.class);

    /// One that is a backup.
    public static LastAttempt success(BackupId id) {
        return new LastAttempt(id.text(), true, null);
    }

    /// One that is none.
    public static LastAttempt failure(BackupId id, RuntimeException e) {
        String why = e instanceof BackupException known ? known.fact() : String.valueOf(e);
        return new LastAttempt(id.text(), false, why);
    }

    /// Writes it down. Where that fails, the backup is as good, or as bad, as it was.
    public void put(ObjectStore store) {
        try {
            PutOutcome _ =
                    store.put(OBJECT, Content.of(RepositoryJson.write(this)), PutMode.REPLACE);
        } catch (BackupException e) {
            LOG.debug("the attempt is not written down: {}", e.getMessage());
        }
    }

    /// What was written down last; empty where nothing was, or nothing that can be understood.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static Optional<LastAttempt> read(ObjectStore store) {
        try (InputStream in = store.get(OBJECT)) {
            return Optional.of(RepositoryJson.read(in.readNBytes(MOST_BYTES), LastAttempt.class));
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + OBJECT + " in " + store + ": " + e, "try again", e);
        }
    }
}

package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A small object that is put in the place of the one before, for who watches: nothing else goes by
/// it. Immutable.
///
/// @param name of the object
/// @param type what stands in it, as JSON
/// @param <T> the same
public record Note<T>(ObjectName name, Class<T> type) {

    private static final int MOST_BYTES = 4 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(Note.class);

    /// Writes it down. Where that fails, what it tells of is as good, or as bad, as it was.
    public void put(ObjectStore store, T content) {
        try {
            PutOutcome _ =
                    store.put(name, Content.of(RepositoryJson.write(content)), PutMode.REPLACE);
        } catch (BackupException e) {
            LOG.debug("{} is not written down: {}", name, e.getMessage());
        }
    }

    /// What was written down last; empty where nothing was, or nothing that can be understood.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public Optional<T> read(ObjectStore store) {
        try (InputStream in = store.get(name)) {
            return Optional.of(RepositoryJson.read(in.readNBytes(MOST_BYTES), type));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (ObjectDamagedException | TamperedException | IllegalArgumentException e) {
            LOG.debug(
                    "{} in {} is damaged, and counts as not there: {}", name, store, e.toString());
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e, "try again", e);
        }
    }
}

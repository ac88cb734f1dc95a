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
import io.howdah.backup.sweep.StoreClock;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How far a backup under way has come, for who watches: nothing else goes by it. One that was
/// killed leaves it behind as it was; who tells it apart looks whether it changes. Immutable.
///
/// @param id the backup
/// @param member the server that is read, as an operator calls it
/// @param began when it began, by the server's clock
/// @param doneBytes how much of it was read
/// @param totalBytes how much there is to read, about; never less than what was read
/// @param storedBytes how much it has added to the repository
/// @param change one more each time that this is put
public record BackupProgress(
        String id,
        String member,
        Instant began,
        long doneBytes,
        long totalBytes,
        long storedBytes,
        long change) {

    private static final String FOLDER = "progress/";
    private static final int MOST_BYTES = 64 * 1024;
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Duration LEFT = Duration.ofDays(1);
    private static final Logger LOG = LoggerFactory.getLogger(BackupProgress.class);

    /// Puts it in the place of the one before. Where that fails, the backup goes on.
    public void put(ObjectStore store) {
        try {
            PutOutcome _ =
                    store.put(name(id), Content.of(RepositoryJson.write(this)), PutMode.REPLACE);
        } catch (BackupException e) {
            LOG.debug("the progress is not written down: {}", e.getMessage());
        }
    }

    /// The backup has ended, whatever came of it.
    public static void remove(ObjectStore store, BackupId id) {
        try {
            store.delete(name(id.text()));
        } catch (BackupException e) {
            LOG.debug("the progress of {} stays behind: {}", id, e.getMessage());
        }
    }

    /// What killed ones have left goes after a day.
    public static void removeOld(ObjectStore store, Instant now) {
        try {
            var old = new ArrayList<ObjectName>();
            store.forEach(
                    FOLDER,
                    object -> {
                        if (object.modified().isBefore(now.minus(LEFT))) {
                            old.add(object.name());
                        }
                    });
            old.forEach(store::delete);
        } catch (BackupException e) {
            LOG.debug("what killed backups have left stays: {}", e.getMessage());
        }
    }

    /// Whether a backup is under way, whoever takes it: such a one tells of itself every few
    /// seconds.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static boolean isAnyUnderWay(ObjectStore store) {
        var newest = new ArrayList<Instant>();
        store.forEach(FOLDER, object -> newest.add(object.modified()));
        return !newest.isEmpty()
                && Collections.max(newest).isAfter(StoreClock.now(store).minus(SILENCE));
    }

    /// Those of all backups that are under way, or were when they were killed.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static List<BackupProgress> all(ObjectStore store) {
        var names = new ArrayList<ObjectName>();
        store.forEach(FOLDER, object -> names.add(object.name()));
        var found = new ArrayList<BackupProgress>();
        for (ObjectName name : names) {
            try (InputStream in = store.get(name)) {
                found.add(RepositoryJson.read(in.readNBytes(MOST_BYTES), BackupProgress.class));
            } catch (ObjectMissingException | IllegalArgumentException e) {
                // It has ended, or cannot be understood.
            } catch (IOException e) {
                throw new StoreUnavailableException(
                        "cannot read " + name + " in " + store + ": " + e, "try again", e);
            }
        }
        return found;
    }

    private static ObjectName name(String id) {
        return new ObjectName(FOLDER + id + ".json");
    }
}

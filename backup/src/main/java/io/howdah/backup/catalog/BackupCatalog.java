package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// The backups of a repository. Looks there anew at each call; thread-safe.
///
/// @param repository whose backups they are
public record BackupCatalog(Repository repository) {

    private static final int MOST_BYTES = 16 << 20;

    /// All backups, oldest first.
    ///
    /// @throws BackupException when one cannot be read
    public List<BackupRecord> all() {
        var records = new ArrayList<BackupRecord>();
        for (BackupId id : ids()) {
            find(id).ifPresent(records::add);
        }
        return List.copyOf(records);
    }

    /// The newest backup.
    public Optional<BackupRecord> newest() {
        return ids().reversed().stream().flatMap(id -> find(id).stream()).findFirst();
    }

    /// The names of those that were begun and never ended, oldest first; they may be under way.
    public List<BackupId> unfinished() {
        return ids().stream().filter(id -> find(id).isEmpty()).toList();
    }

    /// A backup by its name.
    ///
    /// @return empty when there is none
    public Optional<BackupRecord> find(BackupId id) {
        try (InputStream in = store().get(id.object())) {
            return Optional.of(parse(id, in.readNBytes(MOST_BYTES)));
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + id.object() + " in " + store() + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    /// Makes a backup exist.
    public void publish(BackupRecord backup) {
        PutOutcome outcome =
                store().put(
                                backup.backupId().object(),
                                Content.of(RepositoryJson.write(backup)),
                                PutMode.IF_ABSENT);
        if (outcome == PutOutcome.EXISTS) {
            throw new BackupException(
                    "there is a backup " + backup.id() + " in " + store() + " already",
                    "run it again");
        }
    }

    private SortedSet<BackupId> ids() {
        var ids = new TreeSet<BackupId>();
        store().forEach(
                        BackupId.FOLDER,
                        object -> {
                            String[] parts = object.name().text().split("/", -1);
                            BackupId.parse(parts[1]).ifPresent(ids::add);
                        });
        return ids;
    }

    private BackupRecord parse(BackupId id, byte[] json) {
        BackupRecord backup;
        try {
            backup = RepositoryJson.read(json, BackupRecord.class);
        } catch (IllegalArgumentException e) {
            throw new BackupException(
                    id.object() + " in " + store() + " is damaged: " + e.getMessage(),
                    "restore another backup, or put that file back from a copy",
                    e);
        }
        if (backup.format() != RepositoryIdentity.FORMAT) {
            throw new BackupException(
                    "the backup " + id + " has the format " + backup.format(),
                    "use a newer howdah");
        }
        return backup;
    }

    private ObjectStore store() {
        return repository.store();
    }
}

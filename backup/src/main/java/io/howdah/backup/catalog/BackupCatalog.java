package io.howdah.backup.catalog;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.seal.TamperedException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectDamagedException;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The backups of a repository. Looks there anew at each call; thread-safe.
///
/// @param repository whose backups they are
public record BackupCatalog(Repository repository) {

    private static final int MOST_BYTES = 16 << 20;
    private static final Logger LOG = LoggerFactory.getLogger(BackupCatalog.class);

    /// All backups, oldest first, but for those whose records are damaged.
    public List<BackupRecord> all() {
        return all(BackupCatalog::passOver);
    }

    /// All backups, oldest first.
    ///
    /// @param damaged told of those whose records are damaged
    public List<BackupRecord> all(Consumer<BackupState.Damaged> damaged) {
        return folders().values().stream()
                .flatMap(folder -> finished(folder, damaged).stream())
                .toList();
    }

    /// The newest backup whose record is not damaged.
    public Optional<BackupRecord> newest() {
        return folders().descendingMap().values().stream()
                .flatMap(folder -> finished(folder, BackupCatalog::passOver).stream())
                .findFirst();
    }

    /// The backups that have begun since a moment, newest first. Looks at none that is older than
    /// the newest one that has not.
    public List<BackupRecord> since(Instant moment) {
        return folders().descendingMap().values().stream()
                .flatMap(folder -> finished(folder, BackupCatalog::passOver).stream())
                .takeWhile(backup -> !backup.startTime().isBefore(moment))
                .toList();
    }

    /// A backup by its name.
    ///
    /// @return empty when there is none
    /// @throws BackupException when its record is damaged
    public Optional<BackupRecord> find(BackupId id) {
        return switch (look(id)) {
            case BackupState.Finished(BackupRecord backup) -> Optional.of(backup);
            case BackupState.Damaged damaged -> throw damaged.refusal();
            case BackupState.Unfinished _, BackupState.Withdrawn _ -> Optional.empty();
        };
    }

    /// Everything that was ever begun and is still there in parts, by name, so by age.
    public NavigableMap<BackupId, BackupFolder> folders() {
        var folders = new TreeMap<BackupId, BackupFolder>();
        store().forEach(
                        BackupId.FOLDER,
                        object -> {
                            String[] parts = object.name().text().split("/", 3);
                            BackupId.parse(parts[1])
                                    .ifPresent(id ->
                                            folders.merge(
                                                    id,
                                                    BackupFolder.empty(id)
                                                            .with(parts[2], object.modified()),
                                                    (folder, _) ->
                                                            folder.with(
                                                                    parts[2], object.modified())));
                        });
        return folders;
    }

    /// What has become of one.
    ///
    /// @throws BackupException when its format is unknown
    /// @throws StoreUnavailableException when the store cannot say
    public BackupState look(BackupId id) {
        try (InputStream in = store().get(id.object())) {
            return parse(id, in.readNBytes(MOST_BYTES));
        } catch (ObjectMissingException e) {
            return new BackupState.Unfinished();
        } catch (ObjectDamagedException e) {
            return new BackupState.Damaged(id, e.fact());
        } catch (TamperedException e) {
            return damaged(id, e);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + id.object() + " in " + store() + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        }
    }

    /// A name for a new backup, later than all others: also where the clock was set back.
    ///
    /// @param now by the server's clock
    public BackupId newId(Instant now) {
        NavigableMap<BackupId, BackupFolder> there = folders();
        BackupId id = BackupId.at(now);
        return there.isEmpty() || id.compareTo(there.lastKey()) > 0
                ? id
                : BackupId.at(there.lastKey().time().plusMillis(1));
    }

    /// Makes a backup exist.
    ///
    /// @throws BackupException when it was given up meanwhile
    public void publish(BackupRecord backup) {
        if (end(backup.backupId(), RepositoryJson.write(backup)) == PutOutcome.EXISTS) {
            throw new BackupException(
                    "the backup "
                            + backup.id()
                            + " was given up by a sweep of "
                            + store()
                            + ", as it had not been heard of for too long",
                    "run it again; look why the repository could not be reached meanwhile");
        }
    }

    /// Sees to it that an unfinished backup will never exist.
    ///
    /// @return what has become of it: it may have ended before
    public BackupState withdraw(BackupFolder folder) {
        PutOutcome _ =
                end(folder.id(), RepositoryJson.write(Withdrawal.of(folder.id(), folder.parts())));
        return look(folder.id());
    }

    /// Of all who say what has become of a backup, the first one counts.
    private PutOutcome end(BackupId id, byte[] json) {
        return store().put(id.object(), Content.of(json), PutMode.IF_ABSENT);
    }

    private Optional<BackupRecord> finished(
            BackupFolder folder, Consumer<BackupState.Damaged> damaged) {
        if (folder.ended().isEmpty()) {
            return Optional.empty();
        }
        return switch (look(folder.id())) {
            case BackupState.Finished(BackupRecord backup) -> Optional.of(backup);
            case BackupState.Damaged found -> {
                damaged.accept(found);
                yield Optional.empty();
            }
            case BackupState.Unfinished _, BackupState.Withdrawn _ -> Optional.empty();
        };
    }

    private static void passOver(BackupState.Damaged backup) {
        LOG.warn("the backup {} is passed over: {}", backup.id(), backup.how());
    }

    private BackupState damaged(BackupId id, Exception e) {
        return new BackupState.Damaged(
                id, id.object() + " in " + store() + " is damaged: " + e.getMessage());
    }

    private BackupState parse(BackupId id, byte[] json) {
        try {
            Withdrawal ending = RepositoryJson.read(json, Withdrawal.class);
            if (ending.format() != RepositoryIdentity.FORMAT) {
                throw new BackupException(
                        "the backup " + id + " has the format " + ending.format(),
                        "use a newer howdah");
            }
            if (ending.withdrawn() != null && ending.withdrawn()) {
                return new BackupState.Withdrawn(ending.parts() == null ? 0 : ending.parts());
            }
            return new BackupState.Finished(RepositoryJson.read(json, BackupRecord.class));
        } catch (IllegalArgumentException e) {
            return damaged(id, e);
        }
    }

    private ObjectStore store() {
        return repository.store();
    }
}

package io.howdah.backup.sweep;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.RepositoryIdentity;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The tombstones of a repository. Thread-safe.
///
/// @param store where it lies
record Tombstones(ObjectStore store) {

    private static final String FOLDER = "sweeps/";
    private static final String SUFFIX = ".json";
    private static final int MOST_BYTES = 1 << 28;

    static ObjectName object(String id) {
        return new ObjectName(FOLDER + id + SUFFIX);
    }

    /// Those that are not done yet, oldest first.
    List<Tombstone> all() {
        var names = new ArrayList<ObjectName>();
        store.forEach(FOLDER, object -> names.add(object.name()));
        return names.stream()
                .filter(name -> name.last().endsWith(SUFFIX))
                .flatMap(name -> read(name).stream())
                .toList();
    }

    /// Puts one, and sees that others see it.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    void put(Tombstone tombstone) {
        ObjectName name = object(tombstone.id());
        PutOutcome _ =
                store.put(name, Content.of(RepositoryJson.write(tombstone)), PutMode.IF_ABSENT);
        if (!isThere(tombstone)) {
            throw new StoreUnavailableException(
                    store + " confirmed " + name + " and does not have it",
                    "this store loses what it is given; use another one",
                    null);
        }
    }

    /// Whether nobody has finished it yet.
    boolean isThere(Tombstone tombstone) {
        return !store.list(object(tombstone.id()).text(), null).isEmpty();
    }

    void delete(Tombstone tombstone) {
        store.delete(object(tombstone.id()));
    }

    private Optional<Tombstone> read(ObjectName name) {
        try (InputStream in = store.get(name)) {
            Tombstone read = RepositoryJson.read(in.readNBytes(MOST_BYTES), Tombstone.class);
            if (read.format() != RepositoryIdentity.FORMAT) {
                throw new BackupException(
                        name + " in " + store + " has the format " + read.format(),
                        "use a newer howdah");
            }
            return Optional.of(read);
        } catch (ObjectMissingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + name + " in " + store + ": " + e,
                    "look at the disk or the network there, then run it again",
                    e);
        } catch (IllegalArgumentException e) {
            throw new BackupException(
                    name + " in " + store + " is damaged: " + e.getMessage(),
                    "delete it; nothing that is needed goes with it",
                    e);
        }
    }
}

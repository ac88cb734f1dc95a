package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import io.howdah.backup.seal.Encryption;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectMissingException;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store that belongs to one cluster. Thread-safe.
///
/// @param store where it lies
/// @param identity whose it is
public record Repository(ObjectStore store, RepositoryIdentity identity) {

    /// The object that makes a store a repository.
    public static final ObjectName IDENTITY = new ObjectName("howdah-repository.json");

    /// The same once more: without it what is encrypted could not be read, whoever has the key.
    public static final ObjectName COPY = new ObjectName("howdah-repository.copy.json");

    private static final int MOST_BYTES = 64 * 1024;
    private static final Logger LOG = LoggerFactory.getLogger(Repository.class);

    /// Whether that object says whose a repository is; it is never encrypted.
    public static boolean isIdentity(ObjectName name) {
        return name.equals(IDENTITY) || name.equals(COPY);
    }

    /// The repository in a store.
    ///
    /// @throws BackupException when there is none, or it cannot be read, or its format is unknown,
    ///   or it is encrypted and the store has not the right key
    public static Repository open(ObjectStore store) {
        RepositoryIdentity identity = identity(store);
        if (store instanceof SealedStore sealed) {
            byte[] _ = sealed.unlock(identity);
        } else if (identity.encryption() != null) {
            throw new BackupException(
                    "the repository in " + store + " is encrypted, and no key is named",
                    "name it: --key-file FILE, or backup.key-file in howdah.yaml");
        }
        return new Repository(store, identity);
    }

    /// What a store says of the repository in it; nothing else is looked at. Where that is lost or
    /// damaged, its copy counts.
    ///
    /// @throws BackupException when there is none, or it cannot be read, or its format is unknown
    public static RepositoryIdentity identity(ObjectStore store) {
        try {
            return known(store, read(store, IDENTITY));
        } catch (ObjectMissingException e) {
            return copy(store, e)
                    .orElseThrow(() ->
                            new BackupException(
                                    "there is no repository in " + store,
                                    "check the address; the first `howdah backup` makes one",
                                    e));
        } catch (IllegalArgumentException e) {
            return copy(store, e)
                    .orElseThrow(() ->
                            new BackupException(
                                    IDENTITY + " in " + store + " is damaged: " + e.getMessage(),
                                    "docs/repository-format.md says how to write it anew",
                                    e));
        }
    }

    private static Optional<RepositoryIdentity> copy(ObjectStore store, Exception why) {
        try {
            RepositoryIdentity identity = known(store, read(store, COPY));
            LOG.warn(
                    "{} in {} cannot be used: {}\nHINT: copy {}, which is used now, to its name",
                    IDENTITY,
                    store,
                    why.getMessage(),
                    COPY);
            return Optional.of(identity);
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// Whether there is a repository in a store. Where its identity is lost and the copy is there,
    /// that is put in its place.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    static boolean isThere(ObjectStore store) {
        try {
            store.get(IDENTITY).close();
            return true;
        } catch (ObjectMissingException e) {
            return isRestored(store);
        } catch (IOException e) {
            throw unreadable(store, e);
        }
    }

    private static boolean isRestored(ObjectStore store) {
        try {
            RepositoryIdentity copied = known(store, read(store, COPY));
            PutOutcome _ =
                    store.put(
                            IDENTITY, Content.of(RepositoryJson.write(copied)), PutMode.IF_ABSENT);
            LOG.warn("{} was missing in {} and is put anew from {}", IDENTITY, store, COPY);
            return true;
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return false;
        }
    }

    /// Whether both places say the same of a repository.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static boolean isCopied(ObjectStore store) {
        try {
            return read(store, IDENTITY).equals(read(store, COPY));
        } catch (ObjectMissingException | IllegalArgumentException e) {
            return false;
        }
    }

    /// Says something else of a repository that there is.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it: then it is said anew
    ///   in one place at most
    public static void replace(ObjectStore store, RepositoryIdentity identity) {
        for (ObjectName name : List.of(IDENTITY, COPY)) {
            PutOutcome _ =
                    store.put(name, Content.of(RepositoryJson.write(identity)), PutMode.REPLACE);
        }
    }

    /// The repository in a store, of that cluster.
    ///
    /// @throws BackupException as [#open], and when it belongs to another cluster
    public static Repository open(ObjectStore store, SystemId cluster) {
        Repository repository = open(store);
        repository.require(cluster);
        return repository;
    }

    /// The repository in a store, of that cluster; made where there is none and the store is empty.
    ///
    /// @throws BackupException as [#open], and where something else lies in the store
    public static Repository openOrMake(ObjectStore store, SystemId cluster) {
        try {
            if (!isThere(store)) {
                requireEmpty(store);
                make(store, cluster);
            }
        } catch (StoreUnavailableException e) {
            // A folder that is made with the first object; what else is wrong, putting it tells.
            make(store, cluster);
        }
        return open(store, cluster);
    }

    private static void requireEmpty(ObjectStore store) {
        List<?> found = store.list("", null);
        if (!found.isEmpty()) {
            throw new BackupException(
                    store + " is no repository, and something lies there: " + found.getFirst(),
                    "name an empty or a new folder");
        }
    }

    /// Of two that make it at once, one wins, and both go on with its.
    private static void make(ObjectStore store, SystemId cluster) {
        UUID random = UUID.randomUUID();
        var identity =
                new RepositoryIdentity(
                        RepositoryIdentity.FORMAT,
                        random,
                        cluster,
                        store instanceof SealedStore sealed
                                ? Encryption.make(sealed.secret(), random)
                                : null);
        String json = new String(RepositoryJson.write(identity), StandardCharsets.UTF_8);
        if (putIfAbsent(store, json) == PutOutcome.EXISTS) {
            return;
        }
        if (putIfAbsent(store, json + "\n") == PutOutcome.STORED) {
            throw new BackupException(
                    store + " replaces what it was asked to keep",
                    "use a store that knows If-None-Match; a repository needs it");
        }
        PutOutcome _ = store.put(COPY, Content.of(RepositoryJson.write(identity)), PutMode.REPLACE);
    }

    private static PutOutcome putIfAbsent(ObjectStore store, String json) {
        return store.put(
                IDENTITY, Content.of(json.getBytes(StandardCharsets.UTF_8)), PutMode.IF_ABSENT);
    }

    private void require(SystemId cluster) {
        if (!identity.systemIdentifier().equals(cluster)) {
            throw new BackupException(
                    "the repository in "
                            + store
                            + " belongs to another cluster: its system identifier is "
                            + identity.systemIdentifier()
                            + ", this one's is "
                            + cluster,
                    "give every cluster a repository of its own; nothing was written to this one");
        }
    }

    /// @throws IllegalArgumentException when it is damaged
    private static RepositoryIdentity read(ObjectStore store, ObjectName name) {
        try (InputStream in = store.get(name)) {
            return RepositoryJson.read(in.readNBytes(MOST_BYTES), RepositoryIdentity.class);
        } catch (IOException e) {
            throw unreadable(store, e);
        }
    }

    private static RepositoryIdentity known(ObjectStore store, RepositoryIdentity identity) {
        if (identity.format() != RepositoryIdentity.FORMAT) {
            throw new BackupException(
                    "the repository in "
                            + store
                            + " has the format "
                            + identity.format()
                            + ", this program knows "
                            + RepositoryIdentity.FORMAT,
                    "use a newer howdah");
        }
        return identity;
    }

    private static StoreUnavailableException unreadable(ObjectStore store, IOException e) {
        return new StoreUnavailableException(
                "cannot read " + IDENTITY + " in " + store + ": " + e,
                "look at the disk or the network there, then run it again",
                e);
    }
}

package io.howdah.backup.seal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreException;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes which of the operator's keys open a repository. Nothing else in it is written. One at a
/// time: of two that begin at once one is refused, before it has changed anything.
///
/// @param store the repository, with a key that opens it
public record KeyRotation(SealedStore store) {

    /// That a rotation is under way: put if absent, and deleted at its end.
    private static final ObjectName UNDER_WAY = new ObjectName("key-rotation.json");

    private static final Logger LOG = LoggerFactory.getLogger(KeyRotation.class);

    /// What stands there, for who finds it.
    private record Turn(long process, Instant began) {}

    /// Has another key open it as well: each node can be given the new one in its own time.
    ///
    /// @throws BackupException when the present key does not open it, or another rotation is under
    ///   way
    public void add(KeySource other) {
        byte[] secret = other.read();
        alone(() -> {
            RepositoryIdentity identity = Repository.identity(store.raw());
            byte[] key = store.unlock(identity);
            Encryption encryption = Objects.requireNonNull(identity.encryption());
            if (encryption.open(secret, identity.cluster()).isPresent()) {
                if (!Repository.isCopied(store.raw())) {
                    // a rotation was killed between its two writes
                    Repository.replace(store.raw(), identity);
                    return 1;
                }
                throw new BackupException(
                        "this key opens the repository in " + store + " already",
                        "name a new one; or leave it alone with --retire-others");
            }
            put(identity, encryption.with(key, secret, identity.cluster()), secret);
            return 1;
        });
    }

    /// Leaves the present key as the only one.
    ///
    /// @return how many others opened it
    /// @throws BackupException when the present key does not open it, or another rotation is under
    ///   way
    public int retireOthers() {
        return alone(() -> {
            RepositoryIdentity identity = Repository.identity(store.raw());
            byte[] _ = store.unlock(identity);
            Encryption before = Objects.requireNonNull(identity.encryption());
            // The same key that has just opened it, whatever a program would print by now.
            Encryption after = before.only(store.secret(), identity.cluster());
            put(identity, after, store.secret());
            return before.keys().size() - after.keys().size();
        });
    }

    private int alone(Supplier<Integer> change) {
        byte[] _ = store.unlock(Repository.identity(store.raw()));
        byte[] turn = RepositoryJson.write(new Turn(ProcessHandle.current().pid(), Instant.now()));
        if (store.put(UNDER_WAY, Content.of(turn), PutMode.IF_ABSENT) == PutOutcome.EXISTS) {
            throw new BackupException(
                    "another rotation of keys is under way in " + store,
                    "wait for its end, then run this again; if it was killed, delete "
                            + UNDER_WAY
                            + " there first");
        }
        try {
            return change.get();
        } finally {
            end();
        }
    }

    private void end() {
        try {
            store.delete(UNDER_WAY);
        } catch (StoreException e) {
            LOG.warn("{} stays in {}: delete it: {}", UNDER_WAY, store, e.getMessage());
        }
    }

    /// @param secret what must open it afterwards, or nothing is changed
    private void put(RepositoryIdentity identity, Encryption encryption, byte[] secret) {
        if (encryption.open(secret, identity.cluster()).isEmpty()) {
            throw new IllegalStateException("no key would open the repository in " + store);
        }
        Repository.replace(
                store.raw(),
                new RepositoryIdentity(
                        identity.format(),
                        identity.cluster(),
                        identity.systemIdentifier(),
                        encryption));
    }
}

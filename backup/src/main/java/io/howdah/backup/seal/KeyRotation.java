package io.howdah.backup.seal;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import java.util.Objects;

/// Changes which of the operator's keys open a repository. Nothing else in it is written.
///
/// @param store the repository, with a key that opens it
public record KeyRotation(SealedStore store) {

    /// Has another key open it as well: each node can be given the new one in its own time.
    ///
    /// @throws BackupException when the present key does not open it
    public void add(KeySource other) {
        RepositoryIdentity identity = Repository.identity(store.raw());
        byte[] key = store.unlock(identity);
        byte[] secret = other.read();
        Encryption encryption = Objects.requireNonNull(identity.encryption());
        if (encryption.open(secret, identity.cluster()).isPresent()) {
            throw new BackupException(
                    "this key opens the repository in " + store + " already",
                    "name a new one; or leave it alone with --retire-others");
        }
        put(identity, encryption.with(key, secret, identity.cluster()));
        byte[] _ = new SealedStore(store.raw(), other).unlock(Repository.identity(store.raw()));
    }

    /// Leaves the present key as the only one.
    ///
    /// @return how many others opened it
    public int retireOthers() {
        RepositoryIdentity identity = Repository.identity(store.raw());
        byte[] _ = store.unlock(identity);
        Encryption before = Objects.requireNonNull(identity.encryption());
        Encryption after = before.only(store.secret(), identity.cluster());
        put(identity, after);
        return before.keys().size() - after.keys().size();
    }

    private void put(RepositoryIdentity identity, Encryption encryption) {
        var changed =
                new RepositoryIdentity(
                        identity.format(),
                        identity.cluster(),
                        identity.systemIdentifier(),
                        encryption);
        PutOutcome _ =
                store.raw()
                        .put(
                                Repository.IDENTITY,
                                Content.of(RepositoryJson.write(changed)),
                                PutMode.REPLACE);
    }
}

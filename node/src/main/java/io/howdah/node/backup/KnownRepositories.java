package io.howdah.node.backup;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/// In which stores a repository was seen: it is asked for only until there is one, as each list
/// that a bucket gives is paid for. For one thread.
final class KnownRepositories {

    private final Set<ObjectStore> made = Collections.newSetFromMap(new IdentityHashMap<>());

    /// Whether there is a repository in a store. A worker that has not archived anything yet finds
    /// none.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    boolean isMade(ObjectStore store) {
        if (!made.contains(store) && !store.list(Repository.IDENTITY.text(), null).isEmpty()) {
            made.add(store);
        }
        return made.contains(store);
    }
}

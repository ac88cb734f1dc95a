package io.howdah.backup.store;

import java.io.InputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Where a repository lies: objects by name, each whole or not there. Calls block; thread-safe.
/// What a put has answered is durable.
public interface ObjectStore {

    /// How many objects [#list] gives at most.
    int PAGE = 1000;

    /// Stores an object.
    ///
    /// @return what came of it; [PutOutcome#EXISTS] only with [PutMode#IF_ABSENT]
    /// @throws StoreUnavailableException when the store does not confirm it
    PutOutcome put(ObjectName name, Content content, PutMode mode);

    /// Reads an object from its start; to be closed. Reading may end in an `IOException`, which
    /// says as much as [StoreUnavailableException].
    ///
    /// @throws ObjectMissingException when it is not there
    /// @throws StoreUnavailableException when that cannot be said
    InputStream get(ObjectName name);

    /// Reads a part of an object.
    ///
    /// @param offset where it begins, 0 or above
    /// @param length how many bytes are wanted
    /// @return those bytes; fewer where the object ends before
    /// @throws ObjectMissingException when it is not there
    /// @throws ObjectDamagedException when the store knows that it is not what was put
    /// @throws StoreUnavailableException when that cannot be said
    byte[] get(ObjectName name, long offset, int length);

    /// The next objects, in the order of their names' bytes: the first [#PAGE] whose names begin
    /// with `prefix` and come after `after`. Fewer than a page means that there are no more.
    ///
    /// @param prefix how names begin, as in `wal/7301/`; empty for all
    /// @param after the last one seen; null to begin
    /// @throws StoreUnavailableException when that cannot be said
    List<StoredObject> list(String prefix, @Nullable ObjectName after);

    /// Deletes an object; does nothing when there is none.
    ///
    /// @throws StoreUnavailableException when the store does not confirm it
    void delete(ObjectName name);

    /// Gives every object whose name begins with `prefix` to `action`, in the order of their names.
    ///
    /// @throws StoreUnavailableException when the store cannot say which there are
    default void forEach(String prefix, Consumer<StoredObject> action) {
        forEach(prefix, null, action);
    }

    /// As above, from a name on.
    ///
    /// @param after names come after this one; null for all
    default void forEach(String prefix, @Nullable ObjectName after, Consumer<StoredObject> action) {
        List<StoredObject> page = list(prefix, after);
        while (!page.isEmpty()) {
            page.forEach(action);
            page = page.size() < PAGE ? List.of() : list(prefix, page.getLast().name());
        }
    }

    /// Which place it is, told from all others; no secret is part of it.
    default String identity() {
        return toString();
    }

    /// Where it lies, as an operator knows it.
    @Override
    String toString();
}

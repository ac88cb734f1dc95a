package io.howdah.consensus.ratis;

import io.howdah.consensus.DocumentType;
import io.howdah.consensus.Introductions;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreSettings;

/// Opens a store that is a Raft group of the nodes themselves.
public final class RatisStore {

    private RatisStore() {}

    /// Opens this node's part of the store and starts looking for its group in the background; see
    /// [Store#formed()] and [Store#status()].
    ///
    /// @throws io.howdah.consensus.StoreException if the directory is damaged, in use or another
    ///   cluster's, or the port is taken
    @SuppressWarnings("DoNotCallSuggester")
    public static <S, C> Store<S, C> open(
            StoreSettings settings, DocumentType<S, C> type, Introductions introductions) {
        throw new UnsupportedOperationException("not built yet");
    }
}

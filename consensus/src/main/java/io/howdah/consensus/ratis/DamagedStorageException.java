package io.howdah.consensus.ratis;

import io.howdah.consensus.StoreException;
import org.jspecify.annotations.Nullable;

/// What lies in the storage cannot be what this peer has written: its votes are forgotten, so its
/// peer id may not be used again.
final class DamagedStorageException extends StoreException {

    private static final long serialVersionUID = 1L;

    DamagedStorageException(String fact, String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}

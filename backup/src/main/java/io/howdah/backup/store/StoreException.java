package io.howdah.backup.store;

import io.howdah.backup.BackupException;
import org.jspecify.annotations.Nullable;

/// A store did not do what it was asked. Which of them it is matters: what is *not there* or
/// *damaged* may be gone for good, what the store *cannot say* is to be asked again.
public abstract sealed class StoreException extends BackupException
        permits ObjectMissingException, ObjectDamagedException, StoreUnavailableException {

    private static final long serialVersionUID = 1L;

    StoreException(String fact, String hint, @Nullable Throwable cause) {
        super(fact, hint, cause);
    }
}

package io.howdah.backup.store;

import org.jspecify.annotations.Nullable;

/// The object is there, and is not what was put.
public final class ObjectDamagedException extends StoreException {

    private static final long serialVersionUID = 1L;

    /// @param name which one
    /// @param where the store, as it describes itself
    /// @param how what is wrong with it
    public ObjectDamagedException(
            ObjectName name, String where, String how, @Nullable Throwable cause) {
        super(
                name + " in " + where + " is damaged: " + how,
                "run `howdah backup verify` to see what else is",
                cause);
    }
}

package io.howdah.backup.store;

/// The store answered, and there is no object of that name.
public final class ObjectMissingException extends StoreException {

    private static final long serialVersionUID = 1L;

    private final transient ObjectName name;

    /// @param name what was asked for
    /// @param where the store, as it describes itself
    public ObjectMissingException(ObjectName name, String where) {
        super(
                "there is no " + name + " in " + where,
                "run `howdah backup verify` to see what else is missing",
                null);
        this.name = name;
    }

    /// What was asked for.
    public ObjectName name() {
        return name;
    }
}

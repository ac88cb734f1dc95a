package io.howdah.backup.store;

/// What came of putting an object into a store.
public enum PutOutcome {
    /// It is there, whole and durable.
    STORED,
    /// An object of that name was there before, and stays as it was.
    EXISTS
}

package io.howdah.backup.store;

/// What becomes of an object that has the name already.
public enum PutMode {
    /// It stays as it is, and [PutOutcome#EXISTS] is answered.
    IF_ABSENT,
    /// It is replaced in one step: a reader sees the old one or the new one.
    REPLACE
}

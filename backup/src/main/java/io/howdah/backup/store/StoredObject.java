package io.howdah.backup.store;

import java.time.Instant;

/// An object as a store lists it. Immutable.
///
/// @param name its name
/// @param size how many bytes it has
/// @param modified when it was put, by the store's clock
public record StoredObject(ObjectName name, long size, Instant modified) {}

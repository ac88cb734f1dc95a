package io.howdah.backup.sweep;

import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import java.time.Instant;

/// What time it is in a store: the only clock that all who work there share.
public final class StoreClock {

    private static final ObjectName CLOCK = new ObjectName("sweeps/clock");

    private StoreClock() {}

    /// The time there.
    ///
    /// @throws StoreUnavailableException when the store does not answer
    public static Instant now(ObjectStore store) {
        PutOutcome _ = store.put(CLOCK, Content.of(new byte[0]), PutMode.REPLACE);
        return store.list(CLOCK.text(), null).stream()
                .map(StoredObject::modified)
                .findFirst()
                .orElseThrow(() ->
                        new StoreUnavailableException(
                                store + " confirmed " + CLOCK + " and does not have it",
                                "this store loses what it is given; use another one",
                                null));
    }
}

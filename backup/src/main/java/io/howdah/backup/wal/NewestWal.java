package io.howdah.backup.wal;

import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.sweep.StoreClock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/// When WAL came into a repository last, by the store's clock: a sign of life of whoever archives
/// there.
public final class NewestWal {

    private NewestWal() {}

    /// How long ago that was; empty where there is no WAL.
    ///
    /// @throws StoreUnavailableException when the store cannot say
    public static Optional<Duration> age(ObjectStore store) {
        var newest = new Instant[] {Instant.MIN};
        store.forEach("wal/", object -> newest[0] = later(newest[0], object));
        return newest[0].equals(Instant.MIN)
                ? Optional.empty()
                : Optional.of(Duration.between(newest[0], StoreClock.now(store)));
    }

    private static Instant later(Instant newest, StoredObject object) {
        return object.modified().isAfter(newest) ? object.modified() : newest;
    }
}

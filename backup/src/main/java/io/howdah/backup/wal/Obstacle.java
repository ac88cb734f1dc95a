package io.howdah.backup.wal;

import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An object that holds other WAL than the server has. By its name it is what the archive needs: to
/// look at the repository anew would be to pass over it. So nothing goes on before somebody has
/// moved it away.
///
/// @param store where it lies
/// @param name what it is called
/// @param every how often it is looked at
record Obstacle(ObjectStore store, ObjectName name, Duration every) {

    /// How often it costs next to nothing to look.
    static final Duration EVERY = Duration.ofMinutes(10);

    private static final Logger LOG = LoggerFactory.getLogger(Obstacle.class);

    /// Returns when it is gone, or when it does not matter any more.
    void awaitGone(CountDownLatch over) throws InterruptedException {
        boolean there = true;
        while (there && !over.await(every.toMillis(), TimeUnit.MILLISECONDS)) {
            there = isThere();
        }
        if (!there) {
            LOG.info("{} is not in {} any more: the archive goes on", name, store);
        }
    }

    /// A store that cannot say so has it still.
    private boolean isThere() {
        try {
            return store.list(name.text(), null).stream()
                    .anyMatch(object -> object.name().equals(name));
        } catch (StoreUnavailableException e) {
            LOG.debug("{} is not looked at: {}", name, e.getMessage());
            return true;
        }
    }
}

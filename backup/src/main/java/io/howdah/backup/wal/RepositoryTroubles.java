package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which repositories give trouble at the moment, and since when, for all who look after the
/// archive in one process: so a server that is promoted knows since when its repositories have not
/// answered. Thread-safe.
public final class RepositoryTroubles {

    private record Trouble(String repository, Instant since, long sinceNanos, String problem) {}

    /// By the store's identity. Guarded by itself.
    private final Map<String, Trouble> troubles = new LinkedHashMap<>();

    /// It does not take, or give, what it should.
    ///
    /// @return whether that was not known
    boolean failed(ObjectStore store, RuntimeException why) {
        String problem = BackupException.said(why);
        synchronized (troubles) {
            Trouble known = troubles.get(store.identity());
            troubles.put(
                    store.identity(),
                    known == null
                            ? new Trouble(
                                    store.toString(), Instant.now(), System.nanoTime(), problem)
                            : new Trouble(
                                    known.repository, known.since, known.sinceNanos, problem));
            return known == null || !known.problem.equals(problem);
        }
    }

    /// It took, or has, what it should.
    void isWell(ObjectStore store) {
        synchronized (troubles) {
            troubles.remove(store.identity());
        }
    }

    /// All of them, in the order in which they began.
    public List<RepositoryTrouble> all() {
        synchronized (troubles) {
            return troubles.values().stream().map(RepositoryTroubles::trouble).toList();
        }
    }

    Optional<RepositoryTrouble> of(ObjectStore store) {
        synchronized (troubles) {
            return Optional.ofNullable(troubles.get(store.identity()))
                    .map(RepositoryTroubles::trouble);
        }
    }

    private static RepositoryTrouble trouble(Trouble trouble) {
        return new RepositoryTrouble(
                trouble.repository,
                trouble.since,
                Duration.ofNanos(System.nanoTime() - trouble.sinceNanos),
                trouble.problem);
    }
}

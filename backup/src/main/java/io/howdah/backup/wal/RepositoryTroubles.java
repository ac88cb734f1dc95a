package io.howdah.backup.wal;

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

    private record Trouble(Instant since, long sinceNanos, String problem) {}

    /// By the store's address. Guarded by itself.
    private final Map<String, Trouble> troubles = new LinkedHashMap<>();

    /// It does not take, or give, what it should.
    ///
    /// @return whether that was not known
    boolean failed(ObjectStore store, RuntimeException why) {
        String problem = String.valueOf(why.getMessage());
        synchronized (troubles) {
            Trouble known = troubles.get(store.toString());
            troubles.put(
                    store.toString(),
                    known == null
                            ? new Trouble(Instant.now(), System.nanoTime(), problem)
                            : new Trouble(known.since, known.sinceNanos, problem));
            return known == null || !known.problem.equals(problem);
        }
    }

    /// It took, or has, what it should.
    void isWell(ObjectStore store) {
        synchronized (troubles) {
            troubles.remove(store.toString());
        }
    }

    /// All of them, in the order in which they began.
    public List<RepositoryTrouble> all() {
        synchronized (troubles) {
            return troubles.entrySet().stream()
                    .map(each -> trouble(each.getKey(), each.getValue()))
                    .toList();
        }
    }

    Optional<RepositoryTrouble> of(ObjectStore store) {
        synchronized (troubles) {
            return Optional.ofNullable(troubles.get(store.toString()))
                    .map(trouble -> trouble(store.toString(), trouble));
        }
    }

    private static RepositoryTrouble trouble(String repository, Trouble trouble) {
        return new RepositoryTrouble(
                repository,
                trouble.since,
                Duration.ofNanos(System.nanoTime() - trouble.sinceNanos),
                trouble.problem);
    }
}

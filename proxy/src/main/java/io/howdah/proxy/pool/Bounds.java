package io.howdah.proxy.pool;

import io.howdah.proxy.settings.PoolSettings;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// All bounds that are in use: of each pool, each database and each user. Under the lock of their
/// [SharedRoom].
final class Bounds {

    private record Place(String database, String user) {}

    private final Map<Place, Bound> pools = new LinkedHashMap<>();
    private final Map<String, Bound> databases = new LinkedHashMap<>();
    private final Map<String, Bound> users = new LinkedHashMap<>();
    private Sizes sizes;

    Bounds(Sizes sizes) {
        this.sizes = sizes;
    }

    /// Those of a pool, its own first.
    List<Bound> of(String database, String user) {
        return List.of(
                pools.computeIfAbsent(new Place(database, user), this::ofPool),
                databases.computeIfAbsent(database, this::ofDatabase),
                users.computeIfAbsent(user, this::ofUser));
    }

    int used(String database, String user) {
        Bound bound = pools.get(new Place(database, user));
        return bound == null ? 0 : bound.used();
    }

    /// Other sizes hold from now on: what was set aside is taken back, and who has too much is told
    /// to give it up.
    void change(Sizes changed) {
        sizes = changed;
        pools.forEach(this::measure);
        databases.forEach(this::measureDatabase);
        users.forEach(this::measureUser);
        pools.values().stream()
                .flatMap(bound -> bound.shares().stream())
                .forEach(share -> {
                    share.keepAll();
                    share.reserve(-share.reserved());
                });
        shed(pools);
        shed(databases);
        shed(users);
    }

    /// Forgets what nobody uses any more.
    ///
    /// @param share that has changed
    void tidy(Share share) {
        if (share.bounds().getFirst().shares().isEmpty()) {
            pools.values().removeIf(Bound::isDeserted);
            databases.values().removeIf(Bound::isDeserted);
            users.values().removeIf(Bound::isDeserted);
        }
    }

    private Bound ofPool(Place place) {
        return measure(place, new Bound(SharedRoom.LOOP_TURN.toNanos()));
    }

    private Bound ofDatabase(String name) {
        return measureDatabase(name, new Bound(ServerPool.TURN.toNanos()));
    }

    private Bound ofUser(String name) {
        return measureUser(name, new Bound(ServerPool.TURN.toNanos()));
    }

    /// What does not exist any more keeps the size that it had.
    private Bound measure(Place place, Bound bound) {
        PoolSettings pool = sizes.pool(place.database(), place.user());
        if (pool != null) {
            bound.change(pool.poolSize(), pool.reserveSize(), pool.minimumPoolSize());
        }
        return bound;
    }

    private Bound measureDatabase(String name, Bound bound) {
        sizes.database(name).ifPresent(most -> bound.change(most, 0, 0));
        return bound;
    }

    private Bound measureUser(String name, Bound bound) {
        bound.change(sizes.user(name), 0, 0);
        return bound;
    }

    private static <K> void shed(Map<K, Bound> bounds) {
        for (Bound bound : bounds.values()) {
            while (bound.surplus() > 0) {
                Share most =
                        bound.shares().stream()
                                .max(Comparator.comparingInt(Share::kept))
                                .filter(share -> share.kept() > 0)
                                .orElse(null);
                if (most == null) {
                    break;
                }
                most.shed();
            }
        }
    }
}

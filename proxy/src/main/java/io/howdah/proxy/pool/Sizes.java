package io.howdah.proxy.pool;

import io.howdah.proxy.settings.PoolSettings;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// How much room there is in all. Names are as clients send them.
public interface Sizes {

    /// Of a database and user together; null when there is no such database any more.
    @Nullable PoolSettings pool(String database, String user);

    /// Connections to a database, 0 for no bound; empty when there is no such database any more.
    OptionalInt database(String database);

    /// Connections of a user, 0 for no bound.
    int user(String user);
}

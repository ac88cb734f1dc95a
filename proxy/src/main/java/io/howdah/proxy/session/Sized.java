package io.howdah.proxy.session;

import io.howdah.proxy.pool.Sizes;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/// How much room there is by some settings. Immutable.
record Sized(ProxySettings settings) implements Sizes {

    private @Nullable DatabaseSettings of(String database) {
        String name = Reception.text(database).orElse(null);
        return name == null ? null : settings.database(name);
    }

    @Override
    public @Nullable PoolSettings pool(String database, String user) {
        DatabaseSettings leadsTo = of(database);
        return leadsTo == null ? null : leadsTo.poolOf(Reception.text(user).orElse(user));
    }

    @Override
    public OptionalInt database(String database) {
        DatabaseSettings leadsTo = of(database);
        return leadsTo == null
                ? OptionalInt.empty()
                : OptionalInt.of(leadsTo.allowance().connections());
    }

    @Override
    public int user(String user) {
        return settings.users().of(Reception.text(user).orElse(user)).connections();
    }
}

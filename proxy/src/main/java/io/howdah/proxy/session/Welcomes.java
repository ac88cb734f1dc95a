package io.howdah.proxy.session;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What clients of one destination are told when they come in, as far as a server has told it: the
/// next client that asks for the same settings needs no server for its login, whatever it calls
/// itself.
final class Welcomes {

    /// So many different sets of settings are remembered, and so many with a name.
    private static final int MAXIMUM = 256;

    private final Map<StartupSettings, Welcome> unnamed = new LinkedHashMap<>();

    /// The same with names, so that clients of one name share theirs.
    private final Map<StartupSettings, Welcome> named = new LinkedHashMap<>();

    /// What the last server that was connected to has reported at once.
    private Map<String, String> reported = Map.of();

    @Nullable Welcome of(StartupSettings wished) {
        String name = wished.values().get(Welcome.NAME);
        Welcome known = (name == null ? unnamed : named).get(wished);
        if (known != null || name == null) {
            return known;
        }
        Welcome plain = unnamed.get(wished.unnamed());
        if (plain == null || !plain.isNamed()) {
            return null;
        }
        Welcome own = plain.named(name);
        if (!wished.isNameUnique()) {
            put(named, wished, own);
        }
        return own;
    }

    /// @param wished by a client that was let in
    /// @param welcome as it would be for one that does not name itself
    void remember(StartupSettings wished, Welcome welcome) {
        if (welcome.isNamed() || !wished.values().containsKey(Welcome.NAME)) {
            put(unnamed, wished.unnamed(), welcome);
        }
    }

    private static void put(
            Map<StartupSettings, Welcome> welcomes, StartupSettings wished, Welcome welcome) {
        if (welcomes.size() >= MAXIMUM) {
            welcomes.clear();
        }
        welcomes.put(wished, welcome);
    }

    /// A server has let the proxy in. One that says something else than the last one is another, or
    /// has another configuration.
    ///
    /// @param told at the login
    void connected(Map<String, String> told) {
        if (!told.equals(reported)) {
            reported = Map.copyOf(told);
            forget();
        }
    }

    void forget() {
        unnamed.clear();
        named.clear();
    }
}

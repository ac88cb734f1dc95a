package io.howdah.proxy.settings;

import java.util.Map;

/// What each user may have over all databases. Immutable.
///
/// @param each who is not named
/// @param named by their names
public record UserAllowances(Allowance each, Map<String, Allowance> named) {

    /// Nobody is bounded.
    public static final UserAllowances UNBOUNDED =
            new UserAllowances(Allowance.UNBOUNDED, Map.of());

    /// Copies the map.
    public UserAllowances {
        named = Map.copyOf(named);
    }

    /// What a user may have.
    public Allowance of(String user) {
        return named.getOrDefault(user, each);
    }
}

package io.howdah.proxy.settings;

/// What a database, or a user, may have at most over all its pools. Immutable.
///
/// @param connections to servers; 0 for no bound
/// @param clients at a time; 0 for no bound
public record Allowance(int connections, int clients) {

    /// Nothing is bounded.
    public static final Allowance UNBOUNDED = new Allowance(0, 0);

    private static final int MOST = 1_000_000;

    /// @throws SettingException when a number is out of its range
    public Allowance {
        SettingException.requireBetween("max-connections", connections, 0, MOST);
        SettingException.requireBetween("max-clients", clients, 0, MOST);
    }
}

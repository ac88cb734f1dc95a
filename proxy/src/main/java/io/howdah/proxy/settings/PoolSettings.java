package io.howdah.proxy.settings;

import java.time.Duration;

/// How one database and user share their server connections. Immutable.
///
/// @param mode for how long a client keeps its connection
/// @param poolSize most connections, 1 to 10000
/// @param minimumPoolSize kept open from the first login on, 0 to `poolSize`
/// @param reserveSize further connections for when a client has waited for `reserveWait`, 0 to
///   10000
/// @param reserveWait how long the first in the queue waits before the reserve is used
/// @param preparedStatements most named prepared statements on a connection, 0 to 10000; with 0 a
///   client that names one keeps its connection
public record PoolSettings(
        PoolMode mode,
        int poolSize,
        int minimumPoolSize,
        int reserveSize,
        Duration reserveWait,
        int preparedStatements) {

    /// What holds where nothing is said.
    public static final PoolSettings DEFAULT =
            new PoolSettings(PoolMode.TRANSACTION, 20, 0, 0, Duration.ofSeconds(5), 200);

    private static final int MOST = 10_000;

    /// @throws SettingException when a size is out of its range
    public PoolSettings {
        SettingException.requireBetween("pool-size", poolSize, 1, MOST);
        SettingException.requireBetween("min-pool-size", minimumPoolSize, 0, poolSize);
        SettingException.requireBetween("reserve-size", reserveSize, 0, MOST);
        SettingException.requireBetween("prepared-statements", preparedStatements, 0, MOST);
        if (reserveWait.isNegative()) {
            throw new SettingException("reserve-wait", "is negative");
        }
    }
}

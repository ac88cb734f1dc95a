package io.howdah.proxy.settings;

import java.time.Duration;
import java.util.stream.Stream;

/// How long anything may take; zero means without end. Immutable.
///
/// @param queryWait how long a client waits for a server connection
/// @param idleInTransaction how long a client may hold a connection and ask nothing
/// @param clientIdle how long a client may stay without a transaction
/// @param clientLogin from the first byte of a connection until its login is done
/// @param serverConnect from the first packet to a server until it is ready
/// @param serverLifetime how old a connection may grow; it ends between two clients
/// @param serverIdle how long a connection may lie unused, beyond those of `min-pool-size`
public record Timeouts(
        Duration queryWait,
        Duration idleInTransaction,
        Duration clientIdle,
        Duration clientLogin,
        Duration serverConnect,
        Duration serverLifetime,
        Duration serverIdle) {

    /// What holds where nothing is said.
    public static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofMinutes(2),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(15),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10));

    /// @throws SettingException when what an outsider could otherwise keep for ever has no bound
    public Timeouts {
        if (clientLogin.isZero()) {
            throw new SettingException("client-login", "is 0s; a login must have a bound");
        }
        if (serverConnect.isZero()) {
            throw new SettingException("server-connect", "is 0s; connecting must have a bound");
        }
    }

    /// The shortest that is set: how often to look.
    public Duration shortest() {
        return Stream.of(
                        queryWait,
                        idleInTransaction,
                        clientIdle,
                        clientLogin,
                        serverConnect,
                        serverLifetime,
                        serverIdle)
                .filter(Duration::isPositive)
                .min(Duration::compareTo)
                .orElse(clientLogin);
    }
}

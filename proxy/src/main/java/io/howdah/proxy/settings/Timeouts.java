package io.howdah.proxy.settings;

import java.time.Duration;
import java.util.stream.Stream;

/// How long anything may take; zero means without end. Immutable.
///
/// @param queryWait how long a client waits for a server connection
/// @param queryWaitNotice after how long a client that waits is told so
/// @param query from a request until the server is ready again: then it is cancelled there
/// @param transaction from the first request of a transaction until its end
/// @param idleInTransaction how long a client may hold a connection and ask nothing
/// @param clientIdle how long a client may stay without a transaction
/// @param clientLogin from the first byte of a connection until its login is done
/// @param serverConnect from the first packet to a server until it is ready
/// @param serverLifetime how old a connection may grow; it ends between two clients
/// @param serverIdle how long a connection may lie unused, beyond those of `min-pool-size`
/// @param cancelWait how long a cancel request may take to reach the server
/// @param unreachable how long the machine on the other side may acknowledge nothing
public record Timeouts(
        Duration queryWait,
        Duration queryWaitNotice,
        Duration query,
        Duration transaction,
        Duration idleInTransaction,
        Duration clientIdle,
        Duration clientLogin,
        Duration serverConnect,
        Duration serverLifetime,
        Duration serverIdle,
        Duration cancelWait,
        Duration unreachable) {

    /// What holds where nothing is said.
    public static final Timeouts DEFAULT =
            new Timeouts(
                    Duration.ofMinutes(2),
                    Duration.ofSeconds(5),
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofMinutes(1),
                    Duration.ofSeconds(15),
                    Duration.ofHours(1),
                    Duration.ofMinutes(10),
                    Duration.ofSeconds(10),
                    Duration.ofMinutes(1));

    /// @throws SettingException when what an outsider could otherwise keep for ever has no bound
    public Timeouts {
        if (clientLogin.isZero()) {
            throw new SettingException("client-login", "is 0s; a login must have a bound");
        }
        if (serverConnect.isZero()) {
            throw new SettingException("server-connect", "is 0s; connecting must have a bound");
        }
        if (cancelWait.isZero()) {
            throw new SettingException("cancel-wait", "is 0s; a cancel request must have a bound");
        }
    }

    /// The shortest that is set: how often to look.
    public Duration shortest() {
        return Stream.of(
                        queryWait,
                        queryWaitNotice,
                        query,
                        transaction,
                        idleInTransaction,
                        clientIdle,
                        clientLogin,
                        serverConnect,
                        serverLifetime,
                        serverIdle,
                        cancelWait,
                        unreachable)
                .filter(Duration::isPositive)
                .min(Duration::compareTo)
                .orElse(clientLogin);
    }
}

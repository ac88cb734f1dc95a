package io.howdah.postgres.wire;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// How to reach a server and as whom. Immutable; `with…` gives a changed copy.
///
/// @param address where the server listens
/// @param user the role to connect as
/// @param database the database to connect to; without meaning for a `ReplicationConnection`
/// @param password the password for SCRAM; null where the server asks for none (peer, trust)
/// @param applicationName shown in the server's `pg_stat_activity` and logs
/// @param tls what encrypts the connection: it is required then, the server has to show a
///   certificate that the context trusts and that names the address' host, and passwords are bound
///   to it; null for a local socket, or where nothing is encrypted
/// @param serverSettings settings for the session, by name, as `SET` would take them
/// @param connectTimeout the longest that connecting and authentication together may take; positive
/// @param callTimeout the longest that one call may take when it does not name its own; positive
public record ConnectionSettings(
        ServerAddress address,
        String user,
        String database,
        @Nullable Secret password,
        String applicationName,
        @Nullable SSLContext tls,
        Map<String, String> serverSettings,
        Duration connectTimeout,
        Duration callTimeout) {

    /// @throws IllegalArgumentException when a text is empty or holds a zero character, a duration
    ///   is not positive, or a local socket is to be encrypted
    public ConnectionSettings {
        serverSettings = Map.copyOf(serverSettings);
        if (tls != null && address instanceof ServerAddress.UnixSocket) {
            throw new IllegalArgumentException("PostgreSQL does not encrypt on a local socket");
        }
        checkText("user", user);
        checkText("database", database);
        checkText("application name", applicationName);
        serverSettings.forEach((name, value) -> {
            checkText("name of a server setting", name);
            if (value.indexOf('\0') >= 0) {
                throw new IllegalArgumentException(name + " holds a zero character");
            }
        });
        checkPositive("connect timeout", connectTimeout);
        checkPositive("call timeout", callTimeout);
    }

    /// Database `postgres`, no password, 5 s to connect, 10 s for a call.
    public static ConnectionSettings of(ServerAddress address, String user) {
        return new ConnectionSettings(
                address,
                user,
                "postgres",
                null,
                "howdah",
                null,
                Map.of(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(10));
    }

    /// With another database.
    public ConnectionSettings withDatabase(String newDatabase) {
        return new ConnectionSettings(
                address,
                user,
                newDatabase,
                password,
                applicationName,
                tls,
                serverSettings,
                connectTimeout,
                callTimeout);
    }

    /// With a password.
    public ConnectionSettings withPassword(Secret newPassword) {
        return new ConnectionSettings(
                address,
                user,
                database,
                newPassword,
                applicationName,
                tls,
                serverSettings,
                connectTimeout,
                callTimeout);
    }

    /// With another application name.
    public ConnectionSettings withApplicationName(String newName) {
        return new ConnectionSettings(
                address,
                user,
                database,
                password,
                newName,
                tls,
                serverSettings,
                connectTimeout,
                callTimeout);
    }

    /// Encrypted; see `tls`.
    public ConnectionSettings withTls(SSLContext context) {
        return new ConnectionSettings(
                address,
                user,
                database,
                password,
                applicationName,
                context,
                serverSettings,
                connectTimeout,
                callTimeout);
    }

    /// With one more setting for the session.
    public ConnectionSettings withServerSetting(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(serverSettings);
        more.put(name, value);
        return new ConnectionSettings(
                address,
                user,
                database,
                password,
                applicationName,
                tls,
                more,
                connectTimeout,
                callTimeout);
    }

    /// With other timeouts.
    public ConnectionSettings withTimeouts(Duration connect, Duration call) {
        return new ConnectionSettings(
                address,
                user,
                database,
                password,
                applicationName,
                tls,
                serverSettings,
                connect,
                call);
    }

    static void checkPositive(String what, Duration duration) {
        if (!duration.isPositive()) {
            throw new IllegalArgumentException(what + " must be positive, not " + duration);
        }
    }

    private static void checkText(String what, String text) {
        if (text.isEmpty() || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(what + " is empty or holds a zero character");
        }
    }
}

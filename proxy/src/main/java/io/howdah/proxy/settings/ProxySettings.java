package io.howdah.proxy.settings;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that a proxy is told. Immutable.
///
/// @param listen where clients connect; port 0 takes a free one
/// @param admission who may come in
/// @param maximumClients most client connections at a time, 1 to 1000000
/// @param eventLoops threads that clients are served on, 1 to 64
/// @param statementMemory bytes for what clients have prepared, in the whole process; see
///   [#requireStatementMemory]
/// @param applicationNameAddHost whether servers are shown a client's address and port behind its
///   `application_name`
/// @param drain how long a stop waits for transactions to end
/// @param timeouts how long anything may take
/// @param users what each user may have over all databases
/// @param peers the proxies beside it
/// @param takeover how the next process takes the port over; null: not at all
/// @param databases by the name that clients ask for, in the file's order
public record ProxySettings(
        InetSocketAddress listen,
        Admission admission,
        int maximumClients,
        int eventLoops,
        long statementMemory,
        boolean applicationNameAddHost,
        Duration drain,
        Timeouts timeouts,
        UserAllowances users,
        Peers peers,
        @Nullable TakeoverSettings takeover,
        Map<String, DatabaseSettings> databases) {

    /// Where nothing else is said.
    public static final long STATEMENT_MEMORY = 64L << 20;

    private static final long LEAST_STATEMENT_MEMORY = 1L << 20;
    private static final long MOST_STATEMENT_MEMORY = 16L << 30;

    /// @throws SettingException when a value is out of its range, or the door would stand open
    public ProxySettings {
        if (listen.isUnresolved()) {
            throw new SettingException(
                    "listen",
                    "names the host '" + listen.getHostString() + "', which has no address");
        }
        if (!admission.rules().needPasswords() && !listen.getAddress().isLoopbackAddress()) {
            throw new SettingException(
                    "listen",
                    "is "
                            + listen.getAddress().getHostAddress()
                            + ", which others reach, and 'auth: trust' lets everybody in; with it only"
                            + " a loopback address such as 127.0.0.1 is possible");
        }
        SettingException.requireBetween("max-clients", maximumClients, 1, 1_000_000);
        SettingException.requireBetween("event-loops", eventLoops, 1, 64);
        requireStatementMemory(statementMemory);
        if (databases.isEmpty()) {
            throw new SettingException("databases", "names none");
        }
        databases = Collections.unmodifiableMap(new LinkedHashMap<>(databases));
    }

    /// Checks what `statement-memory` says.
    ///
    /// @throws SettingException when it is not between 1 MB and 16 GB
    public static void requireStatementMemory(long bytes) {
        if (bytes < LEAST_STATEMENT_MEMORY || bytes > MOST_STATEMENT_MEMORY) {
            throw new SettingException(
                    "statement-memory", "is " + bytes + " bytes, not between 1MB and 16GB");
        }
    }

    /// The database that a client means by a name; null when there is no such one.
    public @Nullable DatabaseSettings database(String name) {
        DatabaseSettings any = databases.get(DatabaseSettings.ANY);
        return databases.getOrDefault(name, any == null ? null : any.named(name));
    }

    /// Whether a database is at a cluster's primary, wherever that is.
    public boolean needTopology() {
        return databases.values().stream()
                .anyMatch(database -> database.server() instanceof ServerChoice.Primary);
    }
}

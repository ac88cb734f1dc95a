package io.howdah.proxy;

import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerChoice;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.TakeoverSettings;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.settings.UserAllowances;
import io.howdah.proxy.topology.Topology;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A proxy in front of one server, with settings that are easy to vary.
final class TestProxy implements AutoCloseable {

    private static final InetSocketAddress ANYWHERE =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private final Proxy proxy;

    private TestProxy(Proxy proxy) {
        this.proxy = proxy;
    }

    static Settings of(PoolMode mode, int poolSize) {
        return new Settings(
                new PoolSettings(mode, poolSize, 0, 0, Duration.ofSeconds(5), 200),
                Timeouts.DEFAULT,
                100,
                1,
                false,
                Duration.ofSeconds(20),
                Admission.trustingLoopback(),
                ServerTlsSettings.DEFAULT,
                Allowance.UNBOUNDED,
                UserAllowances.UNBOUNDED,
                Peers.NONE,
                null,
                ProxySettings.STATEMENT_MEMORY);
    }

    record Settings(
            PoolSettings pool,
            Timeouts timeouts,
            int clients,
            int loops,
            boolean addHost,
            Duration drain,
            Admission admission,
            ServerTlsSettings tls,
            Allowance allowance,
            UserAllowances users,
            Peers peers,
            @Nullable TakeoverSettings takeover,
            long statementMemory) {

        Settings with(Admission changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    changed,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings with(ServerTlsSettings changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    changed,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings with(Timeouts changed) {
            return new Settings(
                    pool,
                    changed,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings with(PoolSettings changed) {
            return new Settings(
                    changed,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        /// For the database `app`.
        Settings with(Allowance changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    changed,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings with(UserAllowances changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    changed,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings with(Peers changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    changed,
                    takeover,
                    statementMemory);
        }

        Settings with(TakeoverSettings changed) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    changed,
                    statementMemory);
        }

        Settings statementMemory(long bytes) {
            return new Settings(
                    pool, timeouts, clients, loops, addHost, drain, admission, tls, allowance,
                    users, peers, takeover, bytes);
        }

        Settings clients(int most) {
            return new Settings(
                    pool,
                    timeouts,
                    most,
                    loops,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings loops(int count) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    count,
                    addHost,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        Settings drain(Duration bound) {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    addHost,
                    bound,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        /// Servers are shown each client's address.
        Settings addingHosts() {
            return new Settings(
                    pool,
                    timeouts,
                    clients,
                    loops,
                    true,
                    drain,
                    admission,
                    tls,
                    allowance,
                    users,
                    peers,
                    takeover,
                    statementMemory);
        }

        TestProxy to(TestPostgres postgres) {
            return to(new ServerAddress.Tcp("127.0.0.1", postgres.port()));
        }

        TestProxy to(ServerAddress server) {
            return new TestProxy(Proxy.start(settings(server)));
        }

        /// Where a machine of its own is the proxy's: at all its addresses.
        TestProxy everywhereTo(ServerAddress server) {
            return new TestProxy(Proxy.start(settings(server, new InetSocketAddress(0))));
        }

        ProxySettings settings(ServerAddress server) {
            return settings(server, ANYWHERE);
        }

        ProxySettings settings(ServerAddress server, InetSocketAddress listen) {
            var choice = new ServerChoice.Fixed(server);
            return settings(
                    listen,
                    Map.of("app", database(choice, "app"), "gone", database(choice, "gone")));
        }

        /// In front of whoever leads; every database is there by its own name.
        TestProxy to(Topology topology) {
            return new TestProxy(
                    Proxy.start(
                            settings(
                                    Map.of(
                                            DatabaseSettings.ANY,
                                            database(
                                                    new ServerChoice.Primary(),
                                                    DatabaseSettings.ANY))),
                            topology));
        }

        /// One database, by the name that clients ask for and by its own.
        ProxySettings only(TestPostgres postgres, String asked, String name) {
            var server =
                    new ServerChoice.Fixed(new ServerAddress.Tcp("127.0.0.1", postgres.port()));
            return settings(
                    Map.of(
                            asked,
                            new DatabaseSettings(server, tls, name, allowance, pool, Map.of())));
        }

        private DatabaseSettings database(ServerChoice server, String name) {
            Allowance most = name.equals("app") ? allowance : Allowance.UNBOUNDED;
            return new DatabaseSettings(server, tls, name, most, pool, Map.of());
        }

        private ProxySettings settings(Map<String, DatabaseSettings> databases) {
            return settings(ANYWHERE, databases);
        }

        private ProxySettings settings(
                InetSocketAddress listen, Map<String, DatabaseSettings> databases) {
            return new ProxySettings(
                    listen,
                    admission,
                    clients,
                    loops,
                    statementMemory,
                    addHost,
                    drain,
                    timeouts,
                    users,
                    peers,
                    takeover,
                    databases);
        }
    }

    Proxy proxy() {
        return proxy;
    }

    int port() {
        return proxy.address().getPort();
    }

    /// @param options for the driver, each with an `&` before it
    Connection connect(String options) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:"
                        + port()
                        + "/app?user=app&prepareThreshold=0"
                        + options);
    }

    Connection connect() throws SQLException {
        return connect("");
    }

    @Override
    public void close() {
        proxy.close();
    }
}

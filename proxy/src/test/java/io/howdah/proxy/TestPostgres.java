package io.howdah.proxy;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// A real server that lets everybody in who comes over loopback, or by other rules.
final class TestPostgres implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Installation installation;
    private final Path home;
    private final PostgresServer server;
    private final int port;

    private TestPostgres(Installation installation, Path home, PostgresServer server, int port) {
        this.installation = installation;
        this.home = home;
        this.server = server;
        this.port = port;
    }

    static TestPostgres start() {
        return start("auto", "host all all 127.0.0.1/32 trust", Map.of());
    }

    /// A server that asks everybody but its superuser for a password.
    ///
    /// @param choice which PostgreSQL, as `postgres.installation` has it
    static TestPostgres withPasswords(String choice) {
        return start(choice, "host all all 127.0.0.1/32 scram-sha-256", Map.of());
    }

    /// A server that replicates to everybody who comes over loopback, but asks `repl` for a
    /// password.
    static TestPostgres replicating() {
        return start(
                "auto",
                "host replication repl 127.0.0.1/32 scram-sha-256\n"
                        + "host all,replication all 127.0.0.1/32 trust",
                Map.of(),
                List.of("127.0.0.1"),
                Map.of("wal_level", "logical"));
    }

    /// @param access lines of `pg_hba.conf`, behind the superuser's own
    /// @param files by their names: what else lies in the data directory, mode 0600
    static TestPostgres start(String choice, String access, Map<String, String> files) {
        return start(choice, access, files, List.of("127.0.0.1"), Map.of());
    }

    /// A server that lets everybody in who comes to an address of this machine's network.
    static TestPostgres at(String address) {
        return start(
                "auto",
                "host all all samenet trust",
                Map.of(),
                List.of("127.0.0.1", address),
                Map.of());
    }

    private static TestPostgres start(
            String choice,
            String access,
            Map<String, String> files,
            List<String> addresses,
            Map<String, String> further) {
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        Installation installation = new Installations(user).choose(choice);
        try {
            Path home = Files.createTempDirectory(Path.of("/tmp"), "hw-proxy-");
            user.own(home);
            DataDirectory data = new DataDirectory(home.resolve("data"), user);
            new InitDb(installation).run(data);
            Files.writeString(
                    data.path().resolve("pg_hba.conf"),
                    "local all all trust\nhost all postgres 127.0.0.1/32 trust\n" + access + "\n");
            for (Map.Entry<String, String> file : files.entrySet()) {
                Secrets.write(data.path().resolve(file.getKey()), file.getValue());
            }
            Files.createFile(home.resolve("log"));
            user.ownTree(home);
            Map<String, String> settings =
                    new HashMap<>(Map.of("fsync", "off", "max_connections", "60"));
            settings.putAll(further);
            if (files.containsKey("server.crt")) {
                settings.put("ssl", "on");
                settings.put("ssl_ca_file", "root.crt");
            }
            int port = FreePorts.one();
            PostgresServer server =
                    PostgresServer.start(
                            new ServerLaunch(
                                    installation,
                                    data,
                                    port,
                                    addresses,
                                    home,
                                    settings,
                                    Map.of(),
                                    home.resolve("log")));
            server.awaitReady(PATIENCE);
            var postgres = new TestPostgres(installation, home, server, port);
            postgres.execute("create role app login superuser", "create database app owner app");
            return postgres;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A standby, made and fed through a proxy.
    ///
    /// @param connection by which it connects, as libpq has it
    static TestPostgres standby(TestPostgres primary, String connection) {
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        Installation installation = primary.installation;
        try {
            Path home = Files.createTempDirectory(Path.of("/tmp"), "hw-proxy-");
            DataDirectory data = new DataDirectory(home.resolve("data"), user);
            int copied =
                    new ProcessBuilder(
                                    installation.requireTool("pg_basebackup").toString(),
                                    "--dbname=" + connection,
                                    "--pgdata=" + data.path(),
                                    "--checkpoint=fast")
                            .inheritIO()
                            .start()
                            .waitFor();
            if (copied != 0) {
                throw new IllegalStateException("pg_basebackup ended with " + copied);
            }
            Files.createFile(data.path().resolve("standby.signal"));
            Files.createFile(home.resolve("log"));
            user.ownTree(home);
            int port = FreePorts.one();
            PostgresServer server =
                    PostgresServer.start(
                            new ServerLaunch(
                                    installation,
                                    data,
                                    port,
                                    List.of("127.0.0.1"),
                                    home,
                                    Map.of(
                                            "fsync",
                                            "off",
                                            "max_connections",
                                            "60",
                                            "primary_conninfo",
                                            connection),
                                    Map.of(),
                                    home.resolve("log")));
            server.awaitReady(PATIENCE);
            return new TestPostgres(installation, home, server, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    int port() {
        return port;
    }

    Path socketDirectory() {
        return home;
    }

    Installation installation() {
        return installation;
    }

    /// As superuser, past every proxy.
    Connection connect() throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
    }

    /// As superuser, past every proxy, in the database `postgres`.
    void execute(String... statements) {
        try (Connection direct = connect()) {
            for (String statement : statements) {
                direct.createStatement().execute(statement);
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What it has written to its log.
    String log() {
        try {
            return Files.readString(home.resolve("log"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// How many connections of a role it has.
    int connectionsOf(String role) {
        try (Connection direct = connect();
                ResultSet rows =
                        direct.createStatement()
                                .executeQuery(
                                        "select count(*) from pg_stat_activity where usename = '"
                                                + role
                                                + "'")) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// What a statement returns, as superuser in the database `postgres`.
    String value(String query) {
        try (Connection direct = connect();
                ResultSet rows = direct.createStatement().executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Whether a session runs `pg_sleep`.
    boolean isAsleep() {
        try (Connection direct = connect();
                ResultSet rows =
                        direct.createStatement()
                                .executeQuery(
                                        "select count(*) > 0 from pg_stat_activity where query"
                                                + " like '%pg_sleep%' and state = 'active' and"
                                                + " pid <> pg_backend_pid()")) {
            return rows.next() && rows.getBoolean(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        server.stop(PostgresServer.StopMode.IMMEDIATE, PATIENCE);
        try (Stream<Path> files = Files.walk(home)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package io.howdah.backup;

import io.howdah.backup.take.BackupSource;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A real server on a socket of its own.
public final class TestPostgres implements AutoCloseable {

    public static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();

    public static final Installations INSTALLATIONS = new Installations(USER);

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PORT = 5432;

    private final Path home;
    private final DataDirectory data;
    private final PostgresServer server;

    private TestPostgres(Path home, DataDirectory data, PostgresServer server) {
        this.home = home;
        this.data = data;
        this.server = server;
    }

    /// A new one.
    ///
    /// @param home a directory of [#home]
    /// @param choice which PostgreSQL, as `postgres.installation` has it
    public static TestPostgres start(Path home, String choice) {
        return start(home, choice, Map.of());
    }

    /// A new one with settings of its own.
    public static TestPostgres start(Path home, String choice, Map<String, String> settings) {
        Installation installation = INSTALLATIONS.choose(choice);
        var data = new DataDirectory(home.resolve("data"), USER);
        new InitDb(installation).run(data);
        return startOn(home, data, installation, settings);
    }

    /// One on a directory that is there.
    public static TestPostgres startOn(
            Path home,
            DataDirectory data,
            Installation installation,
            Map<String, String> settings) {
        try {
            Files.writeString(
                    data.path().resolve("pg_hba.conf"),
                    "local all all trust\nlocal replication all trust\n");
            var all = new HashMap<>(Map.of("fsync", "off", "shared_buffers", "64MB"));
            all.putAll(settings);
            PostgresServer server =
                    PostgresServer.start(
                            new ServerLaunch(
                                    installation,
                                    data,
                                    PORT,
                                    List.of(),
                                    home,
                                    all,
                                    Map.of(),
                                    home.resolve(data.path().getFileName() + ".log")));
            if (!server.awaitReady(PATIENCE)) {
                throw new AssertionError("not ready: " + server);
            }
            return new TestPostgres(home, data, server);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A directory that the user that runs PostgreSQL can reach.
    public static Path home(String name) {
        try {
            Path home = Files.createTempDirectory(Path.of("/tmp"), name);
            USER.own(home);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public BackupSource source() {
        return new BackupSource(data, connection(), "n1");
    }

    /// Where its socket lies.
    public Path home() {
        return home;
    }

    public DataDirectory data() {
        return data;
    }

    public ConnectionSettings connection() {
        return ConnectionSettings.of(new ServerAddress.UnixSocket(home, PORT), "postgres")
                .withTimeouts(PATIENCE, PATIENCE);
    }

    public PostgresConnection connect() {
        return PostgresConnection.open(connection());
    }

    /// Runs statements, each by itself.
    public void execute(String... statements) {
        try (PostgresConnection connection = connect()) {
            for (String statement : statements) {
                connection.execute(statement);
            }
        }
    }

    /// The only value of a query.
    public String value(String query) {
        try (PostgresConnection connection = connect()) {
            return connection.query("select (" + query + ")::text as value").single().text("value");
        }
    }

    /// As an agent stops it: sessions end, and all WAL is sent to who streams it.
    public void stopInOrder() {
        server.stop(PostgresServer.StopMode.FAST, PATIENCE);
    }

    @Override
    public void close() {
        server.stop(PostgresServer.StopMode.IMMEDIATE, PATIENCE);
    }
}

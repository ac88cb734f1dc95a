package io.howdah.node.backup;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.process.Command;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Two real servers on sockets of their own: the second follows the first.
final class PrimaryAndStandby implements AutoCloseable {

    private static final OperatingSystemUser USER = OperatingSystemUser.forPostgres();
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PORT = 5432;

    private final Path home = home();
    private final Installation installation = new Installations(USER).choose("auto");
    private final PostgresServer primary;
    private final PostgresServer standby;

    PrimaryAndStandby() {
        DataDirectory first = data("primary");
        new InitDb(installation).run(first);
        start("primary", Map.of()).stop(PostgresServer.StopMode.FAST, PATIENCE);
        DataDirectory second = data("standby");
        Command.Result copied =
                Command.run(
                        USER.command(
                                List.of(
                                        "cp",
                                        "-a",
                                        first.path().toString(),
                                        second.path().toString())),
                        Map.of("PATH", OperatingSystemUser.PATH),
                        PATIENCE);
        if (!copied.succeeded()) {
            throw new AssertionError(copied.output());
        }
        second.createStandbySignal();
        primary = start("primary", Map.of());
        standby =
                start(
                        "standby",
                        Map.of(
                                "primary_conninfo",
                                "host=" + socket("primary") + " port=" + PORT + " user=postgres"));
    }

    private static Path home() {
        try {
            Path home = Files.createTempDirectory(Path.of("/tmp"), "hw-roles-");
            USER.own(home);
            return home;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PostgresServer start(String name, Map<String, String> settings) {
        DataDirectory data = data(name);
        try {
            Files.writeString(
                    data.path().resolve("pg_hba.conf"),
                    "local all all trust\nlocal replication all trust\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var all = new HashMap<>(Map.of("fsync", "off", "shared_buffers", "64MB"));
        all.putAll(settings);
        Path socket = socket(name);
        new DurableFiles(USER).createDirectory(socket);
        PostgresServer server =
                PostgresServer.start(
                        new ServerLaunch(
                                installation,
                                data,
                                PORT,
                                List.of(),
                                socket,
                                all,
                                Map.of(),
                                home.resolve(name + ".log")));
        if (!server.awaitReady(PATIENCE)) {
            throw new AssertionError("not ready: " + server);
        }
        return server;
    }

    private DataDirectory data(String name) {
        return new DataDirectory(home.resolve(name), USER);
    }

    private Path socket(String name) {
        return home.resolve(name + "-socket");
    }

    ConnectionSettings primary() {
        return connection("primary");
    }

    ConnectionSettings standby() {
        return connection("standby");
    }

    private ConnectionSettings connection(String name) {
        return ConnectionSettings.of(new ServerAddress.UnixSocket(socket(name), PORT), "postgres")
                .withTimeouts(PATIENCE, PATIENCE);
    }

    static void execute(ConnectionSettings server, String statement) {
        try (PostgresConnection session = PostgresConnection.open(server)) {
            session.execute(statement);
        }
    }

    /// Up to where the primary has written.
    Lsn written() {
        return lsn(primary(), "pg_catalog.pg_current_wal_flush_lsn()");
    }

    private static Lsn lsn(ConnectionSettings server, String function) {
        try (PostgresConnection session = PostgresConnection.open(server)) {
            return session.query("select " + function + " as lsn")
                    .single()
                    .optionalLsn("lsn")
                    .orElse(Lsn.ZERO);
        }
    }

    /// Until the standby has received and replayed all that the primary has written by now.
    void awaitReplayed() {
        Lsn written = written();
        Await.until(
                "replayed",
                () ->
                        lsn(standby(), "pg_catalog.pg_last_wal_replay_lsn()").isAtLeast(written)
                                && lsn(standby(), "pg_catalog.pg_last_wal_receive_lsn()")
                                        .isAtLeast(written));
    }

    void stopPrimary() {
        primary.stop(PostgresServer.StopMode.FAST, PATIENCE);
    }

    @Override
    public void close() {
        standby.stop(PostgresServer.StopMode.IMMEDIATE, PATIENCE);
        primary.stop(PostgresServer.StopMode.IMMEDIATE, PATIENCE);
        new DurableFiles(USER).deleteTree(home);
    }
}

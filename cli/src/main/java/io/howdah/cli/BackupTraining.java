package io.howdah.cli;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.InitDb;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.SocketDirectory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// What the start-up cache for backups is made from: a server that is as small as one can be, its
/// backups, and restores of them. A command that is over in a second spends most of it on loading
/// and linking what it has never run before; so all of it is run here. Where no PostgreSQL can be
/// started there is little to train.
///
/// @param home an empty directory
/// @param howdah runs a command
record BackupTraining(Path home, Consumer<String[]> howdah) {

    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int PORT = 5432;

    void run() {
        howdah("backup", "--help");
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        user.own(home);
        var data = new DataDirectory(home.resolve("data"), user);
        PostgresServer server;
        try {
            var installations = new Installations(user, home.resolve("embedded"));
            server = start(installations.choose("auto"), data);
        } catch (PostgresException e) {
            return;
        }
        try {
            if (server.awaitReady(PATIENCE)) {
                backUp(data.toString(), home.resolve("repository").toString());
            }
        } finally {
            server.stop(PostgresServer.StopMode.IMMEDIATE, PATIENCE);
        }
    }

    private PostgresServer start(Installation installation, DataDirectory data) {
        new InitDb(installation).run(data);
        // Nobody else reaches the socket.
        new DurableFiles(data.owner())
                .write(
                        data.path().resolve("pg_hba.conf"),
                        "local all all trust\nlocal replication all trust\n");
        return PostgresServer.start(
                new ServerLaunch(
                        installation,
                        data,
                        PORT,
                        List.of(),
                        SocketDirectory.prepare(home.resolve("socket"), data.owner()),
                        Map.of("shared_buffers", "16MB", "fsync", "off"),
                        Map.of(),
                        home.resolve("log")));
    }

    private void backUp(String data, String repository) {
        // The second one has another before it.
        howdah("backup", "--data", data, "--repository", repository);
        howdah("backup", "--data", data, "--repository", repository);
        howdah("backup", "list", "--repository", repository);
        howdah("backup", "verify", "--repository", repository);
        String copy = home.resolve("copy").toString();
        // Into nothing, with recovery; then over what is there.
        howdah("restore", "--immediate", "--repository", repository, "--directory", copy);
        howdah(
                "restore",
                "--latest",
                "--delta",
                "--prepare-only",
                "--repository",
                repository,
                "--directory",
                copy);
    }

    private void howdah(String... arguments) {
        howdah.accept(arguments);
    }
}

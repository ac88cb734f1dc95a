package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.ReplayFailure;
import io.howdah.postgres.ServerLaunch;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionFailedException;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.ServerAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Supplier;

/// Has PostgreSQL replay WAL in a restored directory, where nobody can reach it and it reaches
/// nobody: no network, no archiving, no libraries, no background workers, and a socket in a
/// directory of its own. Not thread-safe.
final class Recovery {

    /// What the socket's file is named after; nobody listens on it.
    private static final int PORT = 5432;

    /// The file that has PostgreSQL recover.
    static final String SIGNAL = "recovery.signal";

    private static final String FOLDER = "howdah-recovery";
    private static final String LOG = "log";
    private static final String CONFIGURATION = "postgresql.conf";
    private static final Duration STOP = Duration.ofMinutes(30);
    private static final Duration STARTING = Duration.ofSeconds(5);
    private static final long LOOK_AGAIN_NANOS = 50_000_000;

    private final Installation installation;
    private final DataDirectory data;
    private final DurableFiles files;
    private final Path folder;
    private final Path socket;
    private final AlterSystemAside altered;

    Recovery(Installation installation, DataDirectory data) {
        this.installation = installation;
        this.data = data;
        this.files = new DurableFiles(data.owner());
        this.folder = data.path().resolve(FOLDER);
        // A long path has its socket elsewhere.
        files.createDirectory(folder);
        this.socket = SocketDirectory.prepare(folder.resolve("socket"), data.owner());
        this.altered = new AlterSystemAside(data.path(), folder, files);
    }

    /// Ends the server that an interrupted recovery has left; one that is only starting is waited
    /// for, as it cannot be told from another one yet. What is another's is left alone.
    static void endInterrupted(DataDirectory data) {
        var processes = new ServerProcesses(data);
        long end = System.nanoTime() + STARTING.toNanos();
        Optional<PostgresServer> left = find(data);
        while (left.isEmpty() && !processes.running().isEmpty() && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            left = find(data);
        }
        left.ifPresent(server -> server.stop(PostgresServer.StopMode.IMMEDIATE, STOP));
    }

    /// Stops a server that was left running, in order, and takes away what only it needed.
    static void stop(DataDirectory data) {
        find(data)
                .ifPresent(server -> {
                    Optional<Path> socket = server.socketDirectory();
                    server.stop(PostgresServer.StopMode.FAST, STOP);
                    var files = new DurableFiles(data.owner());
                    socket.ifPresent(files::deleteTree);
                    files.deleteTree(data.path().resolve(FOLDER));
                });
    }

    private static Optional<PostgresServer> find(DataDirectory data) {
        Path folder = data.path().resolve(FOLDER);
        return PostgresServer.adopt(
                data, folder.resolve(LOG), folder.resolve(CONFIGURATION).toString());
    }

    /// Starts PostgreSQL and returns when it has reached the target and been promoted.
    ///
    /// @param settings those of the recovery
    /// @param started called when it has begun
    /// @param trouble why it gets no more WAL; empty while it does
    /// @param explanation more than what its log says, from that; empty where there is none
    /// @throws BackupException when it ends instead, with what its log says as the reason, or would
    ///   wait for WAL for ever
    PostgresServer run(
            Map<String, String> settings,
            Runnable started,
            Supplier<Optional<BackupException>> trouble,
            Function<String, Optional<BackupException>> explanation) {
        files.write(folder.resolve(CONFIGURATION), "");
        files.write(folder.resolve("pg_hba.conf"), "local all all trust\n");
        files.write(folder.resolve("pg_ident.conf"), "");
        altered.put();
        Map<String, Integer> required = data.controlData().required();
        PostgresServer server = start(required, settings);
        try {
            started.run();
            while (!isPromoted(server)) {
                trouble.get()
                        .ifPresent(cause -> {
                            throw cause;
                        });
                if (!server.isAlive()) {
                    Map<String, Integer> raised = raised(required);
                    if (raised.equals(required)) {
                        throw failure(server, explanation);
                    }
                    required = raised;
                    server.stop(PostgresServer.StopMode.IMMEDIATE, STOP);
                    server = start(required, settings);
                }
                LockSupport.parkNanos(LOOK_AGAIN_NANOS);
            }
            altered.bringBack();
            return server;
        } catch (RuntimeException e) {
            server.stop(PostgresServer.StopMode.IMMEDIATE, STOP);
            throw e;
        }
    }

    /// What the WAL needs that was replayed so far: as where prepared transactions came to be
    /// allowed after the backup.
    private Map<String, Integer> raised(Map<String, Integer> required) {
        var raised = new HashMap<>(required);
        data.controlData()
                .required()
                .forEach((name, value) -> raised.merge(name, value, Math::max));
        return raised;
    }

    private PostgresServer start(Map<String, Integer> required, Map<String, String> settings) {
        return PostgresServer.start(
                new ServerLaunch(
                        installation,
                        data,
                        PORT,
                        List.of(),
                        socket,
                        parameters(required, settings),
                        Map.of(),
                        folder.resolve(LOG)));
    }

    private Map<String, String> parameters(
            Map<String, Integer> required, Map<String, String> settings) {
        var parameters = new HashMap<String, String>();
        required.forEach((name, value) -> parameters.put(name, value.toString()));
        parameters.putAll(
                Map.ofEntries(
                        Map.entry("config_file", folder.resolve(CONFIGURATION).toString()),
                        Map.entry("hba_file", folder.resolve("pg_hba.conf").toString()),
                        Map.entry("ident_file", folder.resolve("pg_ident.conf").toString()),
                        Map.entry("archive_mode", "off"),
                        Map.entry("autovacuum", "off"),
                        // No session is needed before it is promoted; and one that could be held
                        // would
                        // have the replay wait for ever where a setting was raised meanwhile.
                        Map.entry("hot_standby", "off"),
                        Map.entry("local_preload_libraries", ""),
                        Map.entry("logging_collector", "off"),
                        Map.entry("log_destination", "stderr"),
                        Map.entry("max_logical_replication_workers", "0"),
                        Map.entry("primary_conninfo", ""),
                        Map.entry("recovery_min_apply_delay", "0"),
                        Map.entry("recovery_target_action", "promote"),
                        Map.entry("session_preload_libraries", ""),
                        Map.entry("shared_buffers", "128MB"),
                        Map.entry("shared_preload_libraries", ""),
                        Map.entry("synchronous_standby_names", ""),
                        // Who is promoted without it deletes what there is, also where the
                        // primary came to have it only after the backup. A later start that does
                        // not want it drops it.
                        Map.entry("track_commit_timestamp", "on"),
                        Map.entry("unix_socket_permissions", "0700")));
        if (installation.version().major() >= 17) {
            // One on logins would run in the very first session.
            parameters.put("event_triggers", "off");
        }
        parameters.putAll(settings);
        return parameters;
    }

    private BackupException failure(
            PostgresServer server, Function<String, Optional<BackupException>> explanation) {
        ReplayFailure why =
                server.replayFailure()
                        .orElse(
                                new ReplayFailure(
                                        "PostgreSQL ended before it had replayed the WAL",
                                        Optional.empty()));
        return explanation
                .apply(why.reason())
                .orElseGet(() ->
                        new BackupException(
                                why.reason(),
                                why.hint().map(own -> own + " ").orElse("")
                                        + "Its log says more: "
                                        + folder.resolve(LOG)));
    }

    private boolean isPromoted(PostgresServer server) {
        // PostgreSQL takes the file away when it has replayed all.
        if (Files.exists(data.path().resolve(SIGNAL))
                || server.status() != PostgresServer.Status.READY) {
            return false;
        }
        try (PostgresConnection connection = PostgresConnection.open(connection())) {
            return !connection
                    .query("select pg_catalog.pg_is_in_recovery() as recovering")
                    .single()
                    .booleanValue("recovering");
        } catch (ConnectionFailedException | PostgresServerException e) {
            // About to take connections, or to end.
            return false;
        }
    }

    /// Up to where it has replayed.
    Recovered recovered() {
        try (PostgresConnection connection = PostgresConnection.open(connection())) {
            Row row =
                    connection
                            .query(
                                    "select ('x' || pg_catalog.substr(pg_catalog.pg_walfile_name("
                                            + "pg_catalog.pg_current_wal_lsn()), 1, 8))"
                                            + "::bit(32)::bigint as timeline,"
                                            + " pg_catalog.pg_last_wal_replay_lsn() as reached,"
                                            + " pg_catalog.to_char(pg_catalog.timezone('UTC',"
                                            + " pg_catalog.pg_last_xact_replay_timestamp()),"
                                            + " 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') as committed")
                            .single();
            return new Recovered(
                    new TimelineId(row.longValue("timeline")),
                    row.optionalLsn("reached").orElse(Lsn.ZERO),
                    row.optionalText("committed").map(Instant::parse));
        }
    }

    /// Stops it in order, and takes away what only the recovery needed.
    void stop(PostgresServer server) {
        server.stop(PostgresServer.StopMode.FAST, STOP);
        clear();
    }

    /// Takes away what only the recovery needed.
    void clear() {
        files.deleteTree(folder);
        files.deleteTree(socket);
    }

    ServerAddress address() {
        return new ServerAddress.UnixSocket(socket, PORT);
    }

    /// Whatever roles and databases are set to, these sessions load nothing.
    private ConnectionSettings connection() {
        return ConnectionSettings.of(address(), "postgres")
                .withServerSetting("session_preload_libraries", "")
                .withServerSetting("local_preload_libraries", "");
    }
}

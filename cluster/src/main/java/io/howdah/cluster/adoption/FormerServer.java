package io.howdah.cluster.adoption;

import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.process.Command;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.WireException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server that runs in a data directory before Howdah does. It is asked as the operating
/// system's user that owns it, over its own socket: `peer` is what lets its owner in where nobody
/// else is. For one thread.
final class FormerServer {

    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final Duration CHECKPOINT = Duration.ofMinutes(5);
    private static final String SUPERUSER = "postgres";

    private final Installation installation;
    private final PostgresServer server;

    private FormerServer(Installation installation, PostgresServer server) {
        this.installation = installation;
        this.server = server;
    }

    /// The one that runs there, whoever started it; empty when none does.
    ///
    /// @param log read when it dies while it starts
    static Optional<FormerServer> in(DataDirectory data, Installation installation, Path log) {
        return PostgresServer.adopt(data, log)
                .map(server -> new FormerServer(installation, server));
    }

    long pid() {
        return server.pid();
    }

    int port() {
        return server.port();
    }

    /// What it says of itself.
    ///
    /// @throws PostgresException when it does not let its owner in as `postgres`, or does not
    ///   answer
    FormerAnswers ask() {
        return FormerAnswers.parse(say(FormerAnswers.QUESTION, ANSWER));
    }

    /// Writes all that is dirty, so that the stop is short. Nothing rests on it.
    void checkpoint() {
        var _ = say("checkpoint", CHECKPOINT);
    }

    /// A fast shutdown.
    ///
    /// @throws PostgresException when it has not ended by then; it goes on stopping
    void stop(Duration deadline) {
        server.stop(PostgresServer.StopMode.FAST, deadline);
    }

    private String say(String statement, Duration deadline) {
        Path sockets =
                server.socketDirectory()
                        .orElseThrow(() ->
                                new PostgresException(
                                        server + " has no local socket to ask it by",
                                        "set its unix_socket_directories and restart it; or stop it"
                                                + " in order: it is adopted all the same, without its"
                                                + " settings"));
        OperatingSystemUser owner = server.data().owner();
        return owner.another()
                ? byTool(owner, sockets, statement, deadline)
                : byWire(sockets, statement, deadline);
    }

    private String byTool(
            OperatingSystemUser owner, Path sockets, String statement, Duration deadline) {
        String psql = installation.tool("psql").map(Path::toString).orElse("psql");
        Command.Result result =
                Command.run(
                        owner.command(
                                List.of(
                                        psql,
                                        "--no-psqlrc",
                                        "--no-password",
                                        "--quiet",
                                        "--tuples-only",
                                        "--no-align",
                                        "--set=ON_ERROR_STOP=1",
                                        "--host=" + sockets,
                                        "--port=" + server.port(),
                                        "--username=" + SUPERUSER,
                                        "--dbname=postgres",
                                        "--command=" + statement)),
                        Map.of(
                                "PATH",
                                OperatingSystemUser.PATH,
                                "LC_ALL",
                                "C",
                                "PGCONNECT_TIMEOUT",
                                Long.toString(ANSWER.toSeconds()),
                                "PGCLIENTENCODING",
                                "UTF8"),
                        deadline);
        if (!result.succeeded()) {
            throw unanswered(result.output().strip().lines().findFirst().orElse("psql failed"));
        }
        // what the tool says of itself comes before
        return result.output().substring(Math.max(0, result.output().indexOf('{')));
    }

    private String byWire(Path sockets, String statement, Duration deadline) {
        try (PostgresConnection connection =
                PostgresConnection.open(
                        ConnectionSettings.of(
                                new ServerAddress.UnixSocket(sockets, server.port()), SUPERUSER))) {
            if (!statement.startsWith("select")) {
                connection.executeWithin(deadline, statement);
                return "";
            }
            return connection.query(statement + " as answer").single().text("answer");
        } catch (WireException e) {
            throw unanswered(String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
        }
    }

    private PostgresException unanswered(String why) {
        return new PostgresException(
                server + " cannot be asked as the superuser postgres: " + why,
                "let "
                        + server.data().owner().name()
                        + " in by a line `local all postgres peer` at the top of its pg_hba.conf, with a"
                        + " role postgres that is a superuser; or stop it in order: it is adopted all"
                        + " the same, without its settings");
    }
}

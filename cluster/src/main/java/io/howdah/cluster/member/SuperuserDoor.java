package io.howdah.cluster.member;

import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Rows;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.SqlIdentifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The agent's way into its own server: the superuser, by the local socket. Somebody may shut it
/// with one statement, for good reasons of his own (a role that nobody is to log in by, a database
/// that nobody needs), and the standbys follow: then no agent of the cluster can tell what its
/// server does, and nobody can lead. Immutable; thread-safe.
final class SuperuserDoor {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration CALL = Duration.ofSeconds(1);

    /// Where no database `postgres` is to be had; PostgreSQL cannot do without this one.
    private static final String OTHER_DATABASE = "template1";

    /// It is not there; it takes no connections, or is half dropped.
    private static final Set<String> NOT_TO_BE_HAD = Set.of("3D000", "55000");

    /// The first version with triggers on a login, which may fail, and with a setting against them.
    private static final int LOGIN_TRIGGERS_SINCE = 17;

    private static final Logger LOG = LoggerFactory.getLogger(SuperuserDoor.class);

    private final ConnectionSettings settings;

    SuperuserDoor(Path socketDirectory, int port, PostgresVersion version) {
        ConnectionSettings superuser =
                ConnectionSettings.of(
                                new ServerAddress.UnixSocket(socketDirectory, port),
                                ServerRoles.SUPERUSER)
                        .withApplicationName("howdah agent")
                        .withTimeouts(CONNECT, CALL);
        this.settings =
                version.major() < LOGIN_TRIGGERS_SINCE
                        ? superuser
                        : superuser.withServerSetting("event_triggers", "off");
    }

    /// How to connect to the database `postgres`.
    ConnectionSettings settings() {
        return settings;
    }

    /// A session in the database `postgres`, or in `template1` where that one is not to be had.
    PostgresConnection open() {
        try {
            return PostgresConnection.open(settings);
        } catch (PostgresServerException e) {
            if (!NOT_TO_BE_HAD.contains(e.sqlState())) {
                throw e;
            }
            return PostgresConnection.open(settings.withDatabase(OTHER_DATABASE));
        }
    }

    /// Opens it again on a primary where somebody has shut it; the session is one that was opened
    /// before.
    ///
    /// @throws PostgresException when the database `postgres` is gone, which is not made anew: it
    ///   may be wanted with another encoding or locale
    static void keepOpen(PostgresConnection session) {
        Rows rows =
                session.query(
                        """
                        select r.rolcanlogin as logs_in, d.datname is not null as there,
                               coalesce(d.datallowconn, false) as takes
                          from pg_catalog.pg_roles r
                          left join pg_catalog.pg_database d on d.datname = 'postgres'
                         where r.rolname = session_user and not pg_catalog.pg_is_in_recovery()
                        """);
        for (Row row : rows) {
            if (!row.booleanValue("logs_in")) {
                session.execute(
                        "alter role " + new SqlIdentifier(ServerRoles.SUPERUSER) + " login");
                LOG.warn(
                        "somebody has forbidden the role {} to log in: it is taken back\nHINT: no agent could look after its server; let nobody else in by postgres.access",
                        ServerRoles.SUPERUSER);
            }
            if (!row.booleanValue("there")) {
                throw new PostgresException(
                        "the database postgres is gone: the agent works in "
                                + OTHER_DATABASE
                                + ", the proxies know passwords they have looked up before, and pg_rewind"
                                + " does not work",
                        "`create database postgres`; what Howdah keeps there comes back by itself");
            }
            if (!row.booleanValue("takes")) {
                session.execute("alter database postgres allow_connections true");
                LOG.warn("the database postgres took no connections: that is taken back");
            }
        }
    }
}

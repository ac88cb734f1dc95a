package io.howdah.cluster.member;

import io.howdah.postgres.PostgresException;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Row;
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

    private static final String DATABASE = "postgres";

    /// PostgreSQL cannot do without this one.
    private static final String TEMPLATE = "template1";

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

    /// A session in the database `postgres`; where that one is not to be had, in the oldest of the
    /// others. In `template1` only where there is no other: nobody can create a database meanwhile.
    PostgresConnection open() {
        try {
            return PostgresConnection.open(settings);
        } catch (PostgresServerException e) {
            if (!NOT_TO_BE_HAD.contains(e.sqlState())) {
                throw e;
            }
            return PostgresConnection.open(settings.withDatabase(another()));
        }
    }

    private String another() {
        try (PostgresConnection template =
                PostgresConnection.open(settings.withDatabase(TEMPLATE))) {
            for (Row row :
                    template.query(
                            """
                            select datname::text as name from pg_catalog.pg_database
                             where datallowconn and not datistemplate and datconnlimit > -2
                               and datname <> 'postgres'
                             order by oid limit 1
                            """)) {
                return row.text("name");
            }
            return TEMPLATE;
        }
    }

    /// Opens it again on a primary where somebody has shut it.
    ///
    /// @param session one that was opened before
    /// @return whether this session is to be given up for one in the database `postgres`
    /// @throws PostgresException when that database is gone, which is not made anew: it may be
    ///   wanted with another encoding or locale; or when the role has another name
    static boolean keepOpen(PostgresConnection session) {
        Row seen =
                session.query(
                                """
                                select pg_catalog.pg_is_in_recovery() as recovering,
                                       session_user::text as role, r.rolcanlogin as logs_in,
                                       current_database()::text as here, d.datname is not null as there,
                                       coalesce(d.datallowconn, false) as takes
                                  from pg_catalog.pg_roles r
                                  left join pg_catalog.pg_database d on d.datname = 'postgres'
                                 where r.rolname = session_user
                                """)
                        .single();
        boolean primary = !seen.booleanValue("recovering");
        if (primary) {
            keepLogin(session, seen);
        }
        if (!seen.booleanValue("there")) {
            throw new PostgresException(
                    "the database postgres is gone: the agent works in "
                            + seen.text("here")
                            + ", the proxies know the passwords that they have looked up before, and"
                            + " pg_rewind does not work",
                    "`create database postgres template template0`; what Howdah keeps there comes"
                            + " back by itself");
        }
        boolean takes = seen.booleanValue("takes");
        if (primary && !takes) {
            session.execute("alter database postgres allow_connections true");
            LOG.warn("the database postgres took no connections: that is taken back");
        }
        return (takes || primary) && !seen.text("here").equals(DATABASE);
    }

    private static void keepLogin(PostgresConnection session, Row seen) {
        String role = seen.text("role");
        if (!seen.booleanValue("logs_in")) {
            session.execute("alter role " + new SqlIdentifier(role) + " login");
            LOG.warn(
                    "somebody has forbidden the role {} to log in: it is taken back\nHINT: no agent could look after its server; let nobody else in by postgres.access",
                    role);
        }
        if (!role.equals(ServerRoles.SUPERUSER)) {
            throw new PostgresException(
                    "the role postgres is named "
                            + role
                            + " now: this agent goes on until its session ends, and no other gets in",
                    "as another superuser: alter role "
                            + new SqlIdentifier(role)
                            + " rename to postgres");
        }
    }
}

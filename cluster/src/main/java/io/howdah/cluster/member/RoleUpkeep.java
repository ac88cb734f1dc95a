package io.howdah.cluster.member;

import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.SqlIdentifier;
import io.howdah.postgres.wire.SqlLiteral;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings Howdah's own roles to what they are to be: missing ones are made, passwords follow their
/// files, and rights that somebody added by hand to the role itself are taken away. All SQL of that
/// stands here. A server on which everything is right is only read. For one thread.
final class RoleUpkeep {

    private static final Logger LOG = LoggerFactory.getLogger(RoleUpkeep.class);

    /// The schema of what Howdah keeps in the database `postgres`.
    private static final String SCHEMA = "howdah";

    private static final String LOOKUP = SCHEMA + ".scram_verifier";

    /// Nobody learns what could be used against the cluster itself: superusers and replication are
    /// not looked up, nor are Howdah's own roles.
    private static final String LOOKUP_BODY =
            """

            select a.rolpassword
              from pg_catalog.pg_authid a
             where a.rolname operator(pg_catalog.=) role_name
               and a.rolcanlogin and not a.rolsuper and not a.rolreplication
               and a.rolname operator(pg_catalog.<>) all (array['%s', '%s', '%s']::pg_catalog.name[])
               and a.rolpassword operator(pg_catalog.~~) 'SCRAM-SHA-256$%%'
               and (a.rolvaliduntil is null
                    or a.rolvaliduntil operator(pg_catalog.>) pg_catalog.now())
            """
                    .formatted(ServerRoles.REWIND, ServerRoles.MONITOR, ServerRoles.LOOKUP);

    private final ConnectionSettings superuser;
    private final List<OwnRole> roles;

    /// The verifiers that are known to be right: each check costs thousands of hashes.
    private final Map<String, String> right = new HashMap<>();

    /// @param superuser how to connect to the primary as its superuser
    RoleUpkeep(ConnectionSettings superuser, MemberSecrets secrets) {
        this.superuser = superuser;
        this.roles = OwnRole.all(secrets);
    }

    /// Whether a role is missing altogether. Costs one question.
    boolean isIncomplete() {
        try (PostgresConnection connection = PostgresConnection.open(superuser)) {
            List<String> names = roles.stream().map(OwnRole::name).toList();
            return connection
                            .query(
                                    "select rolname::text as name from pg_catalog.pg_authid"
                                            + " where rolname = any ($1::name[])",
                                    names)
                            .size()
                    < names.size();
        }
    }

    /// Does whatever is to be done, each role in one transaction.
    void keep() {
        try (PostgresConnection connection = PostgresConnection.open(superuser)) {
            prepare(connection);
            Map<String, Row> there = new TreeMap<>();
            connection
                    .query(
                            """
                            select rolname::text as name, rolpassword as verifier,
                                   rolsuper or rolcreaterole or rolcreatedb or rolbypassrls as excess,
                                   rolcanlogin as logs_in, rolreplication as replicates,
                                   rolvaliduntil < 'infinity' as ends, rolconnlimit >= 0 as limited
                              from pg_catalog.pg_authid
                             where rolname = any ($1::name[])
                            """,
                            roles.stream().map(OwnRole::name).toList())
                    .forEach(row -> there.put(row.text("name"), row));
            for (OwnRole role : roles) {
                keepRole(connection, role, there.get(role.name()));
                keepMemberships(connection, role);
                keepFunctions(connection, role);
            }
            keepLookup(connection);
        }
    }

    /// What stands in these statements must not reach the log, even where one fails; and they must
    /// never wait for standbys, which may need these very roles to come, nor for an archive.
    static void prepare(PostgresConnection connection) {
        connection.execute(
                "set log_min_error_statement = panic; set log_statement = none;"
                        + " set log_min_duration_statement = -1; set synchronous_commit = local;"
                        + " set default_transaction_read_only = off;"
                        + " set search_path = pg_catalog, pg_temp");
    }

    private void keepRole(PostgresConnection connection, OwnRole role, @Nullable Row there) {
        SqlIdentifier name = new SqlIdentifier(role.name());
        String attributes =
                (role.replicates() ? " replication" : " noreplication")
                        + " login nosuperuser nocreatedb nocreaterole nobypassrls inherit"
                        + " connection limit -1 valid until 'infinity'";
        if (there == null) {
            String verifier = ScramVerifier.of(role.password());
            connection.execute(
                    "create role " + name + attributes + " password " + new SqlLiteral(verifier));
            right.put(role.name(), verifier);
            LOG.info("made the role {}", role.name());
            return;
        }
        if (there.booleanValue("excess")
                || !there.booleanValue("logs_in")
                || there.booleanValue("replicates") != role.replicates()
                || (!there.isNull("ends") && there.booleanValue("ends"))
                || there.booleanValue("limited")) {
            connection.execute("alter role " + name + attributes);
            LOG.warn("the role {} had other rights than it is to have: set right", role.name());
        }
        String stored = there.isNull("verifier") ? "" : there.text("verifier");
        if (!stored.equals(right.get(role.name()))) {
            if (!ScramVerifier.matches(stored, role.password())) {
                stored = ScramVerifier.of(role.password());
                connection.execute("alter role " + name + " password " + new SqlLiteral(stored));
                LOG.info("set the password of the role {}", role.name());
            }
            right.put(role.name(), stored);
        }
    }

    private static void keepMemberships(PostgresConnection connection, OwnRole role) {
        for (String predefined : role.memberships()) {
            boolean member =
                    connection
                            .query(
                                    "select pg_catalog.pg_has_role($1::name, $2::name, 'member') as is",
                                    role.name(),
                                    predefined)
                            .single()
                            .booleanValue("is");
            if (!member) {
                connection.execute(
                        "grant "
                                + new SqlIdentifier(predefined)
                                + " to "
                                + new SqlIdentifier(role.name()));
            }
        }
    }

    private static void keepFunctions(PostgresConnection connection, OwnRole role) {
        for (String function : role.functions()) {
            keepExecutable(connection, role.name(), "pg_catalog." + function);
        }
    }

    private static void keepExecutable(
            PostgresConnection connection, String role, String function) {
        boolean may =
                connection
                        .query(
                                "select pg_catalog.has_function_privilege($1::name, $2::text, 'execute') as may",
                                role,
                                function)
                        .single()
                        .booleanValue("may");
        if (!may) {
            connection.execute(
                    "grant execute on function " + function + " to " + new SqlIdentifier(role));
        }
    }

    private static void keepLookup(PostgresConnection connection) {
        boolean asItIsToBe =
                connection
                        .query(
                                """
                                select exists (
                                    select from pg_catalog.pg_proc p
                                      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
                                      join pg_catalog.pg_roles o on o.oid = p.proowner
                                      join pg_catalog.pg_roles s on s.oid = n.nspowner
                                     where n.nspname = $1 and p.oid = pg_catalog.to_regprocedure($2)
                                       and o.rolsuper and s.rolsuper and p.prosecdef
                                       and p.prosrc = $3
                                       and p.proconfig = array['search_path=pg_catalog, pg_temp']
                                       and not pg_catalog.has_function_privilege('public', p.oid, 'execute')
                                       and pg_catalog.has_function_privilege($4::name, p.oid, 'execute')
                                       and pg_catalog.has_schema_privilege($4::name, n.oid, 'usage')
                                ) as is
                                """,
                                SCHEMA,
                                LOOKUP + "(name)",
                                LOOKUP_BODY,
                                ServerRoles.LOOKUP)
                        .single()
                        .booleanValue("is");
        if (asItIsToBe) {
            return;
        }
        SqlIdentifier lookup = new SqlIdentifier(ServerRoles.LOOKUP);
        SqlIdentifier owner = new SqlIdentifier(ServerRoles.SUPERUSER);
        connection.execute(
                "begin; create schema if not exists "
                        + SCHEMA
                        + "; alter schema "
                        + SCHEMA
                        + " owner to "
                        + owner
                        + "; drop function if exists "
                        + LOOKUP
                        + "(name); create function "
                        + LOOKUP
                        + "(role_name name) returns text language sql stable strict"
                        + " security definer set search_path = pg_catalog, pg_temp as $body$"
                        + LOOKUP_BODY
                        + "$body$; revoke all on function "
                        + LOOKUP
                        + "(name) from public; revoke all on schema "
                        + SCHEMA
                        + " from public; grant usage on schema "
                        + SCHEMA
                        + " to "
                        + lookup
                        + "; grant execute on function "
                        + LOOKUP
                        + "(name) to "
                        + lookup
                        + "; commit");
        LOG.info("made the function {}", LOOKUP);
    }
}

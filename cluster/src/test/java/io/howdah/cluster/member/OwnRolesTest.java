package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.ScramVerifier;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.SqlLiteral;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// What each of Howdah's own roles can do, and above all what it cannot.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnRolesTest {

    private static final String DENIED = "42501";
    private static final String NOT_ADMITTED = "28000";

    private final TestAuthority authority = new TestAuthority("ours");
    private final TestAuthority.Holder holder = authority.holder("n1", "127.0.0.1");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private TestMember member;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) throws IOException {
        installation = injected;
        root = Files.createTempDirectory(Path.of("/tmp"), "hw-");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        member = new TestMember(root, "n1", installation, authority, holder);
        member.postgres().initialise();
        member.postgres().startPrimary();
        member.postgres().enforce(new InForce.Alone(), new Epoch(1));
        member.postgres().open();
        superuser("create table public.private_rows as select 1 as a");
    }

    @AfterParameterizedClassInvocation
    void stop() {
        member.close();
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(root);
    }

    private void superuser(String sql) {
        try (PostgresConnection connection = member.connect()) {
            connection.execute(sql);
        }
    }

    private PostgresConnection as(String role, Secret password) {
        return PostgresConnection.open(member.byTls(role, password, authority.context(holder)));
    }

    @Test
    void newPrimaryThatLacksARoleHasItAtOnce() {
        assertThat(upkeep().isIncomplete()).isFalse();
        superuser("drop owned by howdah_backup");
        superuser("drop role howdah_backup");
        assertThat(upkeep().isIncomplete()).isTrue();

        member.postgres().keepRoles(new Epoch(2));

        assertThat(upkeep().isIncomplete()).isFalse();
    }

    private RoleUpkeep upkeep() {
        return new RoleUpkeep(member.bySocket(), TestMember.SECRETS);
    }

    private static void assertDenied(PostgresConnection connection, String... statements) {
        for (String statement : statements) {
            assertThatThrownBy(() -> connection.query(statement))
                    .as(statement)
                    .isInstanceOfSatisfying(
                            PostgresServerException.class,
                            e -> assertThat(e.sqlState()).isEqualTo(DENIED));
        }
    }

    /// What none of them may do.
    private static void assertNoMoreThanItself(PostgresConnection connection) {
        assertDenied(
                connection,
                "select * from public.private_rows",
                "create table public.mine (a int)",
                "select rolpassword from pg_catalog.pg_authid",
                "create role another",
                "create database another",
                "alter system set work_mem = '1GB'",
                "copy (select 1) to program 'true'",
                "set session_replication_role = replica",
                "select pg_catalog.pg_read_file('postgresql.conf')",
                "set role postgres");
    }

    @Test
    void rewindReadsFilesAndNothingElse() {
        checkRewind();
    }

    private void checkRewind() {
        try (PostgresConnection connection = as(ServerRoles.REWIND, TestMember.SECRETS.rewind())) {
            assertThat(
                            connection.query(
                                    "select pg_catalog.pg_read_binary_file('global/pg_control')"))
                    .hasSize(1);
            connection.execute("checkpoint");
            assertNoMoreThanItself(connection);
            assertDenied(
                    connection,
                    "select pg_catalog.pg_backup_start('x', true)",
                    "select howdah.scram_verifier('app')");
        }
    }

    @Test
    void backupBeginsAndEndsBackupsAndReadsNoRows() {
        try (PostgresConnection connection = as(ServerRoles.BACKUP, TestMember.SECRETS.backup())) {
            connection.query("select pg_catalog.pg_backup_start('x', true)");
            connection.query("select pg_catalog.pg_backup_stop(false)");
            connection.query("select pg_catalog.pg_switch_wal()");
            assertThat(
                            connection
                                    .query("select pg_catalog.current_setting('hba_file') as hba")
                                    .single()
                                    .text("hba"))
                    .contains("pg_hba.conf");
            assertNoMoreThanItself(connection);
            assertDenied(connection, "select howdah.scram_verifier('app')");
        }
    }

    @Test
    void monitorReadsStatisticsAndNoRows() {
        checkMonitor();
    }

    private void checkMonitor() {
        try (PostgresConnection connection =
                as(ServerRoles.MONITOR, TestMember.SECRETS.monitor())) {
            assertThat(connection.query("select * from pg_catalog.pg_ls_waldir()")).isNotEmpty();
            assertThat(
                            connection.query(
                                    "select from pg_catalog.pg_stat_activity where query is not"
                                            + " null"))
                    .isNotEmpty();
            assertNoMoreThanItself(connection);
            assertDenied(
                    connection,
                    "select pg_catalog.pg_backup_start('x', true)",
                    "select pg_catalog.pg_terminate_backend(pid) from pg_catalog.pg_stat_activity"
                            + " where usename = 'postgres'",
                    "select howdah.scram_verifier('app')");
        }
    }

    @Test
    void replicationReachesNoDatabase() {
        assertThatThrownBy(
                        () -> as(ServerRoles.REPLICATION, TestMember.SECRETS.replication()).close())
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo(NOT_ADMITTED));
    }

    @Test
    void lookupLearnsVerifiersOfOrdinaryRolesOnly() {
        superuser("create role powerful superuser login password 'p'");
        superuser("create role copier replication login password 'p'");
        superuser("create role gone login password 'p' valid until '2001-01-01'");
        superuser("create role group_of_roles password 'p'");
        try (PostgresConnection connection = as(ServerRoles.LOOKUP, TestMember.SECRETS.lookup())) {
            String verifier =
                    connection
                            .query("select howdah.scram_verifier('app') as verifier")
                            .single()
                            .text("verifier");
            assertThat(ScramVerifier.matches(verifier, TestMember.APP)).isTrue();
            for (String hidden :
                    List.of(
                            "powerful",
                            "copier",
                            "gone",
                            "group_of_roles",
                            "nobody_at_all",
                            "postgres",
                            ServerRoles.REPLICATION,
                            ServerRoles.REWIND,
                            ServerRoles.BACKUP,
                            ServerRoles.MONITOR,
                            ServerRoles.LOOKUP)) {
                assertThat(
                                connection
                                        .query(
                                                "select howdah.scram_verifier($1) as verifier",
                                                hidden)
                                        .single()
                                        .isNull("verifier"))
                        .as(hidden)
                        .isTrue();
            }
            assertNoMoreThanItself(connection);
            // neither by operators of its own making
            connection.execute(
                    "create function pg_temp.always(name, name) returns boolean language sql as"
                            + " 'select true'");
            connection.execute(
                    "create operator pg_temp.= (leftarg = name, rightarg = name, function ="
                            + " pg_temp.always)");
            assertThat(
                            connection
                                    .query("select howdah.scram_verifier('powerful') as verifier")
                                    .single()
                                    .isNull("verifier"))
                    .isTrue();
        }
    }

    @Test
    void lookupIsForItsRoleOnly() {
        try (PostgresConnection connection =
                PostgresConnection.open(
                        member.byTcp("app", TestMember.APP).withDatabase("postgres"))) {
            assertDenied(connection, "select howdah.scram_verifier('app')");
        }
    }

    @Test
    void missingRolesAreMadeAndRightsAddedByHandAreTakenAway() {
        superuser("drop function howdah.scram_verifier(name)");
        superuser("drop schema howdah");
        superuser("drop role howdah_lookup");
        superuser("revoke pg_monitor from howdah_monitor");
        superuser("alter role howdah_monitor superuser nologin");
        superuser(
                "alter role howdah_rewind password "
                        + new SqlLiteral(ScramVerifier.of(Secret.of("another"))));

        RoleUpkeep upkeep = upkeep();
        upkeep.keep();

        checkMonitor();
        checkRewind();
        lookupLearns();
        Row before = version();
        upkeep.keep();
        assertThat(version().text("xmins")).isEqualTo(before.text("xmins"));
    }

    private void lookupLearns() {
        try (PostgresConnection connection = as(ServerRoles.LOOKUP, TestMember.SECRETS.lookup())) {
            assertThat(
                            connection
                                    .query("select howdah.scram_verifier('app') as verifier")
                                    .single()
                                    .isNull("verifier"))
                    .isFalse();
        }
    }

    private Row version() {
        try (PostgresConnection connection = member.connect()) {
            return connection
                    .query(
                            "select pg_catalog.string_agg(xmin::text, ',' order by rolname) as xmins"
                                    + " from pg_catalog.pg_authid where rolname like 'howdah\\_%'")
                    .single();
        }
    }
}

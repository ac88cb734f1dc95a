package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.testing.Await;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// Whoever is told to close all doors of a database closes the agent's, too: it stays a primary all
/// the same, and opens what can be opened.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SuperuserDoorTest {

    private static final int LOGIN_TRIGGERS_SINCE = 17;

    private final TestAuthority authority = new TestAuthority("ours");

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
        member =
                new TestMember(
                        root, "n1", installation, authority, authority.holder("n1", "127.0.0.1"));
        member.postgres().initialise();
        member.postgres().startPrimary();
        member.postgres().enforce(new InForce.Alone(), new Epoch(1));
        member.postgres().open();
    }

    @AfterParameterizedClassInvocation
    void stop() {
        member.close();
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(root);
    }

    private PostgresConnection in(String database) {
        return PostgresConnection.open(member.bySocket().withDatabase(database));
    }

    private void inTemplate(String sql) {
        try (PostgresConnection session = in("template1")) {
            session.execute(sql);
        }
    }

    private void endAgentsSessions() {
        inTemplate(
                "select pg_terminate_backend(pid, 10000) from pg_stat_activity"
                        + " where application_name = 'howdah agent'");
    }

    private void awaitPrimary() {
        Await.untilSeen(
                "the agent sees its primary",
                () -> member.postgres().status(),
                LocalStatus.Primary.class::isInstance);
    }

    /// While the agent looks.
    private void awaitOpen(String sql) {
        Await.until(
                sql,
                () -> {
                    var _ = member.postgres().status();
                    try (PostgresConnection session = in("template1")) {
                        return session.query(sql).single().booleanValue("open");
                    } catch (PostgresServerException e) {
                        // the role may not log in
                        return false;
                    }
                });
    }

    @Test
    void roleThatMayNotLogInMaySoAgain() {
        awaitPrimary();
        inTemplate("alter role postgres nologin");

        awaitOpen("select rolcanlogin as open from pg_roles where rolname = 'postgres'");
        awaitPrimary();
    }

    @Test
    void agentThatMayNotWriteByDefaultTakesItBackAllTheSame() {
        inTemplate("alter role postgres set default_transaction_read_only = on");
        endAgentsSessions();
        awaitPrimary();
        inTemplate("begin read write; alter role postgres nologin; commit");

        awaitOpen("select rolcanlogin as open from pg_roles where rolname = 'postgres'");
        inTemplate(
                "begin read write; alter role postgres reset default_transaction_read_only; commit");
    }

    @Test
    void databaseThatTakesNobodyDoesSoAgain() {
        inTemplate("alter database postgres allow_connections false");
        endAgentsSessions();

        awaitPrimary();
        awaitOpen("select datallowconn as open from pg_database where datname = 'postgres'");
    }

    @Test
    void agentGoesOnWhereTheDatabaseIsGone() {
        inTemplate("drop database postgres with (force)");

        awaitPrimary();

        inDatabase("app", "create database another");
        inDatabase("app", "create database postgres");
        awaitPrimary();
        Await.untilSeen(
                "the agent is back there",
                () -> {
                    var _ = member.postgres().status();
                    return agentsDatabases();
                },
                databases -> databases.equals(Set.of("postgres")));
        inDatabase("app", "drop database another");
    }

    private Set<String> agentsDatabases() {
        try (PostgresConnection session = in("app")) {
            Set<String> names = new TreeSet<>();
            session.query(
                            "select datname::text as name from pg_stat_activity where application_name = 'howdah agent'")
                    .forEach(row -> names.add(row.text("name")));
            return names;
        }
    }

    private void inDatabase(String database, String sql) {
        try (PostgresConnection session = in(database)) {
            session.executeWithin(Duration.ofMinutes(1), sql);
        }
    }

    @Test
    void agentWhoseRoleIsRenamedGoesOnAndSaysWhatToDo() {
        awaitPrimary();
        try (PostgresConnection session = in("template1")) {
            session.execute("create role other superuser");
            session.execute("set session authorization other");
            session.execute("alter role postgres rename to dba");

            awaitPrimary();

            session.execute("alter role dba rename to postgres");
            session.execute("reset session authorization");
            session.execute("drop role other");
        }
    }

    @Test
    void triggerThatLetsNobodyInDoesNotStopTheAgent() {
        assumeTrue(
                installation.version().major() >= LOGIN_TRIGGERS_SINCE,
                "there are no triggers on logins before PostgreSQL 17");
        try (PostgresConnection session = in("postgres")) {
            session.execute(
                    "create function nobody() returns event_trigger language plpgsql as"
                            + " $$begin raise exception 'nobody'; end$$;"
                            + " create event trigger nobody on login execute function nobody()");
        }
        try {
            endAgentsSessions();
            awaitPrimary();
        } finally {
            try (PostgresConnection session =
                    PostgresConnection.open(
                            member.bySocket().withServerSetting("event_triggers", "off"))) {
                session.execute("drop event trigger nobody; drop function nobody()");
            }
        }
        assertThat(member.postgres().status()).isInstanceOf(LocalStatus.Primary.class);
    }
}

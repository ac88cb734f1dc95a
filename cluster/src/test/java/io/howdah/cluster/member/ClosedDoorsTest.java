package io.howdah.cluster.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cluster.state.Epoch;
import io.howdah.cluster.synchronous.InForce;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.PostgresServerException;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.Row;
import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.WireException;
import io.howdah.testing.Await;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A primary and its standby, as two nodes have them, and everybody who should not get in.
@ParameterizedClass
@MethodSource("io.howdah.cluster.member.TestMember#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClosedDoorsTest {

    private static final Epoch EPOCH = new Epoch(1);

    private final TestAuthority ours = new TestAuthority("ours");
    private final TestAuthority theirs = new TestAuthority("theirs");
    private final TestAuthority.Holder first = ours.holder("n1", "127.0.0.1");
    private final TestAuthority.Holder second = ours.holder("n2", "127.0.0.1");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private Path root;

    @SuppressWarnings("NullAway.Init")
    private TestMember primary;

    @SuppressWarnings("NullAway.Init")
    private TestMember standby;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) throws IOException {
        installation = injected;
        root = Files.createTempDirectory(Path.of("/tmp"), "hw-");
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
        primary = new TestMember(root, "n1", installation, ours, first);
        standby = new TestMember(root, "n2", installation, ours, second);
        primary.postgres().initialise();
        primary.postgres().startPrimary();
        primary.postgres().enforce(new InForce.Alone(), EPOCH);
        primary.postgres().open();
        standby.postgres().copy(primary.asUpstream(1));
        standby.postgres().startStandby(Optional.empty());
        Await.until(
                "the standby is up",
                () -> standby.postgres().status() instanceof LocalStatus.Standby);
        standby.postgres().follow(primary.asUpstream(1));
        awaitStreaming();
    }

    @AfterParameterizedClassInvocation
    void stop() {
        standby.close();
        primary.close();
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(root);
    }

    private void awaitStreaming() {
        Await.until(
                "the standby streams",
                () -> {
                    primary.postgres().status();
                    standby.postgres().status();
                    return primary.postgres().followers().stream().anyMatch(Follower::streaming);
                });
    }

    @Test
    void standbyStreamsEncryptedAndShowsItsCertificate() {
        try (PostgresConnection connection = primary.connect()) {
            Row row =
                    connection
                            .query(
                                    """
                                    select s.ssl, s.version, s.client_dn
                                      from pg_catalog.pg_stat_replication r
                                      join pg_catalog.pg_stat_ssl s using (pid)
                                    """)
                            .single();
            assertThat(row.booleanValue("ssl")).isTrue();
            assertThat(row.text("version")).isEqualTo("TLSv1.3");
            assertThat(row.text("client_dn")).isEqualTo("/CN=n2");
        }
    }

    @Test
    void replicationDoorStaysClosed() {
        Secret secret = TestMember.SECRETS.replication();
        assertAdmitted(ServerRoles.REPLICATION, secret, second);
        assertDoorClosed(ServerRoles.REPLICATION, secret);
    }

    @Test
    void rewindDoorStaysClosed() {
        Secret secret = TestMember.SECRETS.rewind();
        assertAdmitted(ServerRoles.REWIND, secret, second);
        assertDoorClosed(ServerRoles.REWIND, secret);
    }

    @Test
    void backupDoorStaysClosed() {
        Secret secret = TestMember.SECRETS.backup();
        assertAdmitted(ServerRoles.BACKUP, secret, second);
        assertDoorClosed(ServerRoles.BACKUP, secret);
    }

    @Test
    void lookupDoorStaysClosed() {
        assertDoorClosed(ServerRoles.LOOKUP, TestMember.SECRETS.lookup());
    }

    private void assertAdmitted(String role, Secret secret, TestAuthority.Holder holder) {
        open(role, primary.byTls(role, secret, ours.context(holder)));
    }

    private void assertDoorClosed(String role, Secret secret) {
        for (TestMember door : List.of(primary, standby)) {
            assertRefused(role, door.byTcp(role, secret), "unencrypted");
            assertRefused(role, door.byTls(role, secret, ours.context()), "without a certificate");
            assertRefused(
                    role,
                    door.byTls(role, Secret.of("wrong"), ours.context(second)),
                    "with a wrong password");
            assertRefused(
                    role,
                    door.byTls(role, secret, ours.context(ours.expired("n2", "127.0.0.1"))),
                    "with an expired certificate");
            assertRefused(
                    role,
                    door.byTls(role, secret, ours.context(theirs.holder("n2", "127.0.0.1"))),
                    "with another cluster's certificate");
            assertRefused(
                    role,
                    door.byTls(role, secret, theirs.context(second)),
                    "of another cluster, which does not believe this server");
        }
    }

    private static void assertRefused(String role, ConnectionSettings settings, String how) {
        assertThatThrownBy(() -> open(role, settings))
                .as("%s %s", role, how)
                .isInstanceOf(WireException.class);
    }

    private static void open(String role, ConnectionSettings settings) {
        if (role.equals(ServerRoles.REPLICATION) || role.equals(ServerRoles.BACKUP)) {
            try (ReplicationConnection connection = ReplicationConnection.open(settings)) {
                connection.identifySystem();
            }
        } else {
            try (PostgresConnection connection = PostgresConnection.open(settings)) {
                connection.query("select 1");
            }
        }
    }

    @Test
    void superuserComesByTheLocalSocketOnly() {
        assertThatThrownBy(() ->
                        PostgresConnection.open(
                                primary.byTls(
                                        "postgres", Secret.of("anything"), ours.context(first))))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("28000"));
    }

    @Test
    void clientsComeEncryptedOrNotAsTheOperatorSays() {
        for (ConnectionSettings settings :
                List.of(
                        primary.byTcp("app", TestMember.APP),
                        primary.byTls("app", TestMember.APP, ours.context()))) {
            try (PostgresConnection connection =
                    PostgresConnection.open(settings.withDatabase("app"))) {
                assertThat(connection.isOpen()).isTrue();
            }
        }
    }

    @Test
    void renewedCertificateIsShownWithoutARestart() {
        long pid = primary.postgres().pid().orElseThrow();
        TestAuthority.Holder renewed = ours.holder("n1-renewed", "127.0.0.1");
        primary.show(ours, renewed);
        awaitShown(primary, renewed);
        assertThat(primary.postgres().pid()).hasValue(pid);

        TestAuthority.Holder standbys = ours.holder("n2-renewed", "127.0.0.1");
        standby.show(ours, standbys);
        awaitShown(standby, standbys);
        standby.postgres().follow(primary.asUpstream(2));
        Await.until(
                "the standby shows its new certificate",
                () -> {
                    try (PostgresConnection connection = primary.connect()) {
                        return connection
                                .query(
                                        "select from pg_catalog.pg_stat_replication join"
                                                + " pg_catalog.pg_stat_ssl using (pid) where"
                                                + " client_dn = '/CN=n2-renewed'")
                                .first()
                                .isPresent();
                    }
                });
        primary.show(ours, first);
        standby.show(ours, second);
        awaitShown(standby, second);
        standby.postgres().follow(primary.asUpstream(2));
        awaitStreaming();
    }

    private void awaitShown(TestMember member, TestAuthority.Holder holder) {
        Await.until(
                "the new certificate is shown",
                () -> {
                    member.postgres().status();
                    return holder.certificate()
                            .getSerialNumber()
                            .equals(ShownCertificate.of(member, ours.context(second)));
                });
    }

    @Test
    void standbyDoesNotFollowAnImpostor() {
        TestAuthority.Holder impostor = theirs.holder("n1", "127.0.0.1");
        primary.show(ours, impostor);
        Await.until(
                "the impostor's certificate is shown",
                () -> {
                    primary.postgres().status();
                    return impostor.certificate()
                            .getSerialNumber()
                            .equals(ShownCertificate.of(primary, theirs.context(second)));
                });
        int before = standby.log().length();
        standby.postgres().follow(primary.asUpstream(3));
        Await.until(
                "the standby refuses",
                () -> standby.log().substring(before).contains("certificate verify failed"));
        assertThat(primary.postgres().followers()).isEmpty();

        primary.show(ours, first);
        awaitStreaming();
    }

    @Test
    void nothingInTheRulesTrustsAnybody() throws IOException {
        for (TestMember member : List.of(primary, standby)) {
            String rules = Files.readString(member.directory().resolve("conf/pg_hba.conf"));
            assertThat(rules.lines().filter(line -> !line.startsWith("#")))
                    .allMatch(line -> !line.contains("trust") && !line.contains("md5"));
            assertThat(rules.lines().filter(line -> line.contains("peer")))
                    .containsExactly("local    all,replication  \"postgres\"  peer map=howdah");
            try (PostgresConnection connection = member.connect()) {
                assertThat(
                                connection.query(
                                        "select from pg_catalog.pg_hba_file_rules where error is"
                                                + " not null or auth_method in ('trust', 'md5',"
                                                + " 'password')"))
                        .isEmpty();
            }
        }
    }

    @Test
    void keyIsPostgresqlsAlone() throws IOException {
        Path key = primary.directory().resolve("conf/node.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                .isEqualTo("rw-------");
        assertThat(Files.getOwner(key).getName())
                .isEqualTo(OperatingSystemUser.forPostgres().name());
    }

    @Test
    void secretsStandInNoArgumentsAndNoLogs() throws IOException {
        for (TestMember member : List.of(primary, standby)) {
            assertThat(member.log()).doesNotContain("-secret-kPq3").doesNotContain("PRIVATE KEY");
        }
        for (ProcessHandle process : ProcessHandle.allProcesses().toList()) {
            assertThat(arguments(process)).doesNotContain("-secret-kPq3");
        }
        if (installation.hasExtension("pg_stat_statements")) {
            try (PostgresConnection connection = primary.connect()) {
                assertThat(
                                connection.query(
                                        "select from public.pg_stat_statements where query like"
                                                + " '%secret-kPq3%'"))
                        .isEmpty();
            }
        }
    }

    /// Empty when it has ended.
    private static String arguments(ProcessHandle process) {
        try {
            return new String(
                    Files.readAllBytes(Path.of("/proc/" + process.pid() + "/cmdline")),
                    StandardCharsets.ISO_8859_1);
        } catch (IOException gone) {
            return "";
        }
    }
}

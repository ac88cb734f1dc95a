package io.howdah.postgres.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.Installation;
import io.howdah.testing.Await;
import io.howdah.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/// A real server that encrypts, and demands a certificate besides the password.
@ParameterizedClass
@MethodSource("io.howdah.postgres.wire.TestFiles#installations")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncryptedServerTest {

    private static final String HBA =
            "hostssl all,replication member 127.0.0.1/32 scram-sha-256 clientcert=verify-ca";

    private final TestAuthority ours = new TestAuthority("ours");
    private final TestAuthority theirs = new TestAuthority("theirs");
    private final TestAuthority.Holder member = ours.holder("n1", "127.0.0.1");

    @Parameter
    @SuppressWarnings("NullAway.Init")
    private Installation installation;

    @SuppressWarnings("NullAway.Init")
    private TestServer server;

    @BeforeParameterizedClassInvocation
    void start(Installation injected) throws IOException {
        installation = injected;
        server = TestServer.start(installation, HBA, "host all,replication member all reject");
        try (PostgresConnection connection = server.connect()) {
            connection.execute("create role member login replication password 'secret'");
            connection.execute(
                    "create table wide as select repeat('x', 1000) as t from"
                            + " generate_series(1, 5000)");
            connection.execute("grant select on wide to member");
            show(connection, member);
        }
    }

    private void show(PostgresConnection connection, TestAuthority.Holder holder)
            throws IOException {
        Path both = server.home().resolve("node.pem");
        Files.writeString(both, holder.keyPem() + holder.certificatePem());
        Files.setPosixFilePermissions(both, PosixFilePermissions.fromString("rw-------"));
        Path authority = server.home().resolve("authority.pem");
        Files.writeString(authority, ours.pem());
        TestFiles.USER.ownTree(server.home());
        connection.execute("alter system set ssl_cert_file = " + new SqlLiteral(both.toString()));
        connection.execute("alter system set ssl_key_file = " + new SqlLiteral(both.toString()));
        connection.execute(
                "alter system set ssl_ca_file = " + new SqlLiteral(authority.toString()));
        connection.execute("alter system set ssl_prefer_server_ciphers = off");
        connection.execute("alter system set ssl = on");
        connection.query("select pg_catalog.pg_reload_conf()");
        Await.until(
                "the server shows " + holder.certificate().getSerialNumber(),
                () -> {
                    try (PostgresConnection encrypted = PostgresConnection.open(settings())) {
                        return encrypted.isOpen();
                    } catch (ConnectionFailedException | PostgresServerException e) {
                        return false;
                    }
                });
    }

    @AfterParameterizedClassInvocation
    void stop() {
        server.close();
    }

    private ConnectionSettings settings() {
        return server.byTcp("member")
                .withPassword(Secret.of("secret"))
                .withTls(ours.context(member));
    }

    @Test
    void sessionIsEncryptedAndItsPasswordBoundToIt() {
        try (PostgresConnection connection = PostgresConnection.open(settings())) {
            Row row =
                    connection
                            .query(
                                    "select ssl, version, cipher, client_dn from"
                                            + " pg_catalog.pg_stat_ssl where pid ="
                                            + " pg_catalog.pg_backend_pid()")
                            .single();
            assertThat(row.booleanValue("ssl")).isTrue();
            assertThat(row.text("version")).isEqualTo("TLSv1.3");
            assertThat(row.text("cipher")).isEqualTo("TLS_CHACHA20_POLY1305_SHA256");
            assertThat(row.text("client_dn")).isEqualTo("/CN=n1");
        }
    }

    @Test
    void largeResultsAndLargeQueriesPassWhole() {
        try (PostgresConnection connection = PostgresConnection.open(settings())) {
            assertThat(connection.query("select t from wide")).hasSize(5000);
            String text = "y".repeat(3_000_000);
            assertThat(
                            connection
                                    .query("select pg_catalog.length($1::text)::bigint as n", text)
                                    .single()
                                    .longValue("n"))
                    .isEqualTo(text.length());
        }
    }

    @Test
    void wholeServerIsCopiedEncrypted() {
        Path home = TestFiles.newDirectory();
        try (ReplicationConnection replication = ReplicationConnection.open(settings())) {
            BaseBackupResult copied =
                    replication.baseBackup(
                            BaseBackupRequest.labelled("encrypted"),
                            home.resolve("copy"),
                            (done, total) -> {});
            assertThat(copied.directories()).isNotEmpty();
            assertThat(replication.identifySystem().position()).isNotNull();
        } finally {
            TestFiles.delete(home);
        }
    }

    @Test
    void endOfTheServersSessionIsNoticed() {
        try (PostgresConnection connection = PostgresConnection.open(settings());
                PostgresConnection local = server.connect()) {
            long pid =
                    connection
                            .query("select pg_catalog.pg_backend_pid()::bigint as pid")
                            .single()
                            .longValue("pid");
            CompletableFuture<Optional<ServerMessage>> ended =
                    CompletableFuture.supplyAsync(connection::awaitClosed);
            local.query("select pg_catalog.pg_terminate_backend($1)", pid);
            assertThat(ended.orTimeout(30, TimeUnit.SECONDS).join()).isPresent();
        }
    }

    @Test
    void serverOfAnotherAuthorityIsRefused() {
        assertThatThrownBy(
                        () -> PostgresConnection.open(settings().withTls(theirs.context(member))))
                .isInstanceOf(ConnectionFailedException.class)
                .hasMessageContaining("no TLS with PostgreSQL")
                .hasMessageContaining("HINT");
    }

    @Test
    void serverWhoseCertificateNamesAnotherHostIsRefused() throws IOException {
        assertShowing(ours.holder("n1", "192.0.2.1"), "192.0.2.1|No subject alternative");
    }

    @Test
    void serverWithAnExpiredCertificateIsRefused() throws IOException {
        assertShowing(ours.expired("n1", "127.0.0.1"), "NotAfter|expired|validity");
    }

    private void assertShowing(TestAuthority.Holder holder, String reason) throws IOException {
        try (PostgresConnection local = server.connect()) {
            Path both = server.home().resolve("node.pem");
            Files.writeString(both, holder.keyPem() + holder.certificatePem());
            local.query("select pg_catalog.pg_reload_conf()");
            Await.until(
                    "the server is refused",
                    () -> {
                        try (PostgresConnection encrypted = PostgresConnection.open(settings())) {
                            return !encrypted.isOpen();
                        } catch (ConnectionFailedException e) {
                            assertThat(e.getMessage()).containsPattern(reason);
                            return true;
                        }
                    });
            show(local, member);
        }
    }

    @Test
    void clientWithoutACertificateIsRefusedThoughItKnowsThePassword() {
        assertThatThrownBy(() -> PostgresConnection.open(settings().withTls(ours.context())))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("28000"));
    }

    @Test
    void clientWithAnothersOrAnExpiredCertificateIsRefused() {
        for (TestAuthority.Holder holder :
                new TestAuthority.Holder[] {
                    theirs.holder("n1", "127.0.0.1"), ours.expired("n1", "127.0.0.1")
                }) {
            assertThatThrownBy(
                            () -> PostgresConnection.open(settings().withTls(ours.context(holder))))
                    .isInstanceOf(WireException.class);
        }
    }

    @Test
    void wrongPasswordIsRefusedInSpiteOfTheCertificate() {
        assertThatThrownBy(
                        () -> PostgresConnection.open(settings().withPassword(Secret.of("wrong"))))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("28P01"));
    }

    @Test
    void plainConnectionIsRefused() {
        assertThatThrownBy(() ->
                        PostgresConnection.open(
                                server.byTcp("member").withPassword(Secret.of("secret"))))
                .isInstanceOfSatisfying(
                        PostgresServerException.class,
                        e -> assertThat(e.sqlState()).isEqualTo("28000"));
    }
}

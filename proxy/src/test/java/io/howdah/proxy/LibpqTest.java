package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.testing.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The client library of PostgreSQL 18, which comes with the embedded one.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibpqTest {

    private final TestPostgres postgres = TestPostgres.start();
    private final Libpq libpq =
            new Libpq(
                    new Installations(OperatingSystemUser.forPostgres())
                            .choose("embedded")
                            .binDirectory()
                            .resolveSibling("lib")
                            .resolve("libpq.so.5"));

    @AfterAll
    void stop() {
        postgres.close();
    }

    /// `PQcancelBlocking`, which asks for the same encryption as the session has.
    @ParameterizedTest
    @CsvSource({
        "postgres, 3.0, 30000",
        "postgres, 3.2, 30002",
        "direct, 3.0, 30000",
        "direct, 3.2, 30002"
    })
    void encryptedCancelRequestIsHeeded(
            String negotiation, String protocol, int version, @TempDir Path folder) {
        var authority = new Certificates("authority");
        authority.identity("proxy").into(folder, "proxy");
        Path trusted = Secrets.write(folder.resolve("authority.crt"), authority.authority());
        var tls =
                new ClientTlsSettings(
                        true, folder.resolve("proxy.crt"), folder.resolve("proxy.key"), null);
        try (var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 2)
                                .with(
                                        new Admission(
                                                AccessRules.trustingLoopback(), null, null, tls))
                                .to(postgres);
                var session =
                        libpq
                        .new Session(
                                "host=127.0.0.1 port=%d user=app dbname=app sslmode=verify-full sslrootcert=%s sslnegotiation=%s max_protocol_version=%s"
                                        .formatted(proxy.port(), trusted, negotiation, protocol))) {
            assertThat(session.isEncrypted()).isTrue();
            assertThat(session.protocolVersion()).isEqualTo(version);
            session.send("select pg_sleep(80)");
            Await.until("it sleeps", postgres::isAsleep);
            session.cancel();
            assertThat(session.outcome()).isEqualTo("57014");
            session.send("select 1");
            assertThat(session.outcome()).isEmpty();
        }
    }
}

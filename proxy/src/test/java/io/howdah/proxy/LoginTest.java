package io.howdah.proxy;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.postgres.wire.Secret;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.Allowance;
import io.howdah.proxy.settings.DatabaseSettings;
import io.howdah.proxy.settings.LookupSettings;
import io.howdah.proxy.settings.MockSecret;
import io.howdah.proxy.settings.Peers;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import io.howdah.proxy.settings.ProxySettings;
import io.howdah.proxy.settings.ServerTlsSettings;
import io.howdah.proxy.settings.Timeouts;
import io.howdah.proxy.settings.UserAllowances;
import io.howdah.testing.Await;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;

/// Passwords, checked with the verifiers of a real server, which is then logged in to as the same
/// role.
class LoginTest {

    private static final Path DOCUMENT = Path.of("..", "docs", "proxy.md");
    private static final Pattern SQL = Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL);

    /// As `docs/proxy.md` tells operators to do it.
    static void prepare(TestPostgres postgres) throws Exception {
        var block = SQL.matcher(Files.readString(DOCUMENT));
        assertThat(block.find()).isTrue();
        postgres.execute(
                block.group(1).replace("choose another one", "looks"),
                "create role ann login password 'sesame'",
                "create role bob login password 'secret'",
                "create role rené login password 'pässwörd'",
                "create role expired login password 'sesame' valid until '2020-01-01'",
                "create role nologin password 'sesame'",
                "create role boss superuser login password 'sesame'",
                "create role nopassword login",
                "set password_encryption = 'md5'; create role old login password 'sesame'");
    }

    static Admission lookup(Duration cache) {
        return new Admission(
                AccessRules.withPassword(),
                null,
                new LookupSettings(
                        "howdah_lookup",
                        Secret.of("looks"),
                        "postgres",
                        LookupSettings.DEFAULT_QUERY,
                        cache),
                null);
    }

    static Connection connect(int port, String user, String password) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/app?prepareThreshold=0", user, password);
    }

    static String value(Connection client, String sql) throws SQLException {
        try (ResultSet result = client.createStatement().executeQuery(sql)) {
            result.next();
            return result.getString(1);
        }
    }

    static void assertRefused(int port, String user, String password) {
        assertThatThrownBy(() -> connect(port, user, password).close())
                .isInstanceOfSatisfying(
                        PSQLException.class,
                        e -> {
                            assertThat(e.getSQLState()).as(e.toString()).isEqualTo("28P01");
                            assertThat(requireNonNull(e.getServerErrorMessage()).getHint())
                                    .contains("password_encryption = 'scram-sha-256'");
                        })
                .hasMessageContaining("password authentication failed for user \"" + user + "\"");
    }

    abstract static class OnPostgres {

        private final TestPostgres postgres;
        private final TestProxy proxy;

        OnPostgres(String choice) throws Exception {
            postgres = TestPostgres.withPasswords(choice);
            prepare(postgres);
            proxy = TestProxy.of(PoolMode.TRANSACTION, 2).with(lookup(Duration.ZERO)).to(postgres);
        }

        @AfterAll
        void stop() {
            proxy.close();
            postgres.close();
        }

        @Test
        void rightPasswordLetsInAndTheServerKnowsTheRole() throws Exception {
            for (String[] role :
                    new String[][] {{"ann", "sesame"}, {"bob", "secret"}, {"rené", "pässwörd"}}) {
                try (Connection client = connect(proxy.port(), role[0], role[1])) {
                    assertThat(value(client, "select session_user || ' is ' || current_user"))
                            .isEqualTo(role[0] + " is " + role[0]);
                }
            }
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ann",
                    "nobody",
                    "expired",
                    "nologin",
                    "old",
                    "boss",
                    "nopassword",
                    "howdah_lookup"
                })
        void wrongPasswordIsRefusedInTheSameWordsForEverybody(String user) {
            assertRefused(proxy.port(), user, "wrong");
        }

        @ParameterizedTest
        @ValueSource(strings = {"nobody", "expired", "nologin", "old", "boss", "nopassword"})
        void rightPasswordIsOfNoUseWhereItMustNotBe(String user) {
            assertRefused(proxy.port(), user, "sesame");
        }

        @Test
        void changedPasswordCountsAndTheOldOneDoesNotThoughConnectionsAreOpen() throws Exception {
            postgres.execute("create role carl login password 'one'");
            try (Connection before = connect(proxy.port(), "carl", "one")) {
                value(before, "select 1");
                postgres.execute("alter role carl password 'two'");
                assertRefused(proxy.port(), "carl", "one");
                before.setAutoCommit(false);
                value(before, "select 1");
                // The only open connection is taken: this one needs another, by the new key.
                try (Connection after = connect(proxy.port(), "carl", "two")) {
                    assertThat(value(after, "select current_user")).isEqualTo("carl");
                }
            }
        }

        @Test
        void roleThatExpiresDoesNotComeInThoughConnectionsAreOpen() throws Exception {
            postgres.execute("create role dora login password 'one'");
            try (Connection before = connect(proxy.port(), "dora", "one")) {
                value(before, "select 1");
                postgres.execute("alter role dora valid until '2020-01-01'");
                assertRefused(proxy.port(), "dora", "one");
                postgres.execute("alter role dora valid until 'infinity' nologin");
                assertRefused(proxy.port(), "dora", "one");
                postgres.execute("alter role dora login");
                connect(proxy.port(), "dora", "one").close();
            }
        }

        @Test
        void searchPathOfTheLookupRoleLeadsNobodyAstray() throws Exception {
            postgres.execute(
                    "create schema trap",
                    "create table trap.pg_authid as select * from pg_catalog.pg_authid",
                    "update trap.pg_authid set rolpassword ="
                            + " (select rolpassword from pg_catalog.pg_authid where rolname = 'ann')",
                    "create function trap.always(name, name) returns boolean language sql"
                            + " as 'select true'",
                    "create operator trap.= (leftarg = name, rightarg = name,"
                            + " function = trap.always)",
                    "create function trap.scram_verifier(name) returns text language sql as"
                            + " $$select rolpassword from trap.pg_authid limit 1$$",
                    "grant usage on schema trap to public",
                    "grant select on trap.pg_authid to public",
                    "alter role howdah_lookup set search_path = trap, pg_catalog");
            try (var other =
                    TestProxy.of(PoolMode.TRANSACTION, 1)
                            .with(lookup(Duration.ZERO))
                            .to(postgres)) {
                assertRefused(other.port(), "bob", "sesame");
                assertRefused(other.port(), "nobody", "sesame");
                connect(other.port(), "bob", "secret").close();
            } finally {
                postgres.execute("alter role howdah_lookup reset search_path");
            }
        }

        @Test
        void lookupRoleCanDoNothingButLookUp() throws Exception {
            try (Connection lookup =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres",
                            "howdah_lookup",
                            "looks")) {
                assertThatThrownBy(() -> value(lookup, "select rolpassword from pg_authid"))
                        .hasMessageContaining("permission denied");
                assertThat(value(lookup, "select howdah.scram_verifier('ann')"))
                        .startsWith("SCRAM-SHA-256$");
            }
            try (Connection ann =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + postgres.port() + "/postgres",
                            "ann",
                            "sesame")) {
                assertThatThrownBy(() -> value(ann, "select howdah.scram_verifier('bob')"))
                        .hasMessageContaining("permission denied");
            }
        }

        @Test
        void databaseThatDoesNotExistIsSaidToThoseWhoProveThemselves() {
            String url = "jdbc:postgresql://127.0.0.1:" + proxy.port() + "/nothing";
            assertThatThrownBy(() -> DriverManager.getConnection(url, "ann", "sesame"))
                    .hasMessageContaining("is not one that this proxy leads to");
            assertThatThrownBy(() -> DriverManager.getConnection(url, "ann", "wrong"))
                    .hasMessageContaining("password authentication failed");
        }

        @Test
        void strangerCannotTellWhoExists() {
            String first = serverFirst("ann");
            assertThat(serverFirst("ann")).isEqualTo(first);
            String mock = serverFirst("nobody");
            assertThat(serverFirst("nobody")).isEqualTo(mock).isNotEqualTo(first);
            assertThat(mock).hasSameSizeAs(first).endsWith(",i=4096");
            assertThat(serverFirst("old")).hasSameSizeAs(first).endsWith(",i=4096");
        }

        @Test
        void saltOfNobodySaysNothingOfAPassword() throws Exception {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(RawClient.bytes("looks"), "HmacSHA256"));
            byte[] guess = mac.doFinal(RawClient.bytes("howdah mock salt of nobody"));
            assertThat(serverFirst("nobody"))
                    .doesNotContain(Base64.getEncoder().encodeToString(Arrays.copyOf(guess, 16)));
        }

        @Test
        void saltOfNobodyIsTheSameAtEveryProxyWithTheSameFile(@TempDir Path folder) {
            Admission admission = lookup(Duration.ZERO);
            var kept = new MockSecret.InFile(folder.resolve("mock-secret"));
            var settings =
                    TestProxy.of(PoolMode.TRANSACTION, 1)
                            .with(
                                    new Admission(
                                            admission.rules(),
                                            null,
                                            admission.lookup(),
                                            null,
                                            kept));
            String first;
            try (TestProxy former = settings.to(postgres)) {
                first = serverFirst(former.port(), "nobody");
            }
            try (TestProxy next = settings.to(postgres)) {
                assertThat(serverFirst(next.port(), "nobody"))
                        .isEqualTo(first)
                        .isNotEqualTo(serverFirst("nobody"));
            }
        }

        private String serverFirst(String user) {
            return serverFirst(proxy.port(), user);
        }

        /// Salt and iterations, as a client without a password learns them.
        private static String serverFirst(int port, String user) {
            try (RawClient client = new RawClient(port)) {
                client.startup("user", user, "database", "app").flush();
                assertThat(client.next().text()).isEqualTo("\0\0\0\nSCRAM-SHA-256\0\0");
                client.sasl("n,,n=,r=abc").flush();
                String message = client.next().text();
                return message.substring(message.indexOf(",s="));
            }
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OnTheInstalledPostgres extends OnPostgres {
        OnTheInstalledPostgres() throws Exception {
            super("auto");
        }
    }

    @Nested
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    class OnTheEmbeddedPostgres extends OnPostgres {
        OnTheEmbeddedPostgres() throws Exception {
            super("embedded");
        }
    }

    @Test
    void changedPasswordIsFoundByTheFirstLoginThatItFailsAndGuessesDoNotAskTheServerEachTime()
            throws Exception {
        try (TestPostgres postgres = TestPostgres.withPasswords("auto")) {
            prepare(postgres);
            postgres.execute(
                    "create table public.asked (role_name name)",
                    "alter function howdah.scram_verifier(name) rename to verifier_of",
                    "create function howdah.scram_verifier(role_name name) returns text language"
                            + " sql volatile strict security definer set search_path = '' as $$"
                            + " insert into public.asked values (role_name);"
                            + " select howdah.verifier_of(role_name) $$",
                    "grant execute on function howdah.scram_verifier(name) to howdah_lookup");
            var admission = lookup(Duration.ofMinutes(1));
            try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission).to(postgres)) {
                connect(proxy.port(), "ann", "sesame").close();
                postgres.execute("alter role ann password 'changed'");
                assertRefused(proxy.port(), "ann", "changed");
                connect(proxy.port(), "ann", "changed").close();
                long began = System.nanoTime();
                int guesses = 200;
                for (int i = 0; i < guesses; i++) {
                    assertRefused(proxy.port(), "ann", "guess");
                }
                long tenths = (System.nanoTime() - began) / 100_000_000;
                assertThat(Long.parseLong(postgres.value("select count(*) from asked")))
                        .isLessThanOrEqualTo(2 + tenths + 2);
            }
        }
    }

    @Test
    void fileOfVerifiersIsReadAgainWhenItChanges(@TempDir Path folder) throws Exception {
        try (TestPostgres postgres = TestPostgres.withPasswords("auto")) {
            prepare(postgres);
            String ann;
            String bob;
            try (Connection direct = postgres.connect()) {
                String verifier = "select rolpassword from pg_authid where rolname = ";
                ann = value(direct, verifier + "'ann'");
                bob = value(direct, verifier + "'bob'");
            }
            Path file =
                    Secrets.write(
                            folder.resolve("userlist.txt"),
                            "; roles\n\"ann\" \""
                                    + ann
                                    + "\"\n\"old\" \"md5"
                                    + "0".repeat(32)
                                    + "\"\n");
            var admission = new Admission(AccessRules.withPassword(), file, null, null);
            try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission).to(postgres)) {
                connect(proxy.port(), "ann", "sesame").close();
                assertRefused(proxy.port(), "bob", "secret");
                assertRefused(proxy.port(), "old", "sesame");
                Files.writeString(file, "\"bob\" \"" + bob + "\"\n");
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
                Await.until(
                        "bob is known",
                        () -> {
                            try (Connection client = connect(proxy.port(), "bob", "secret")) {
                                return client.isValid(10);
                            } catch (SQLException e) {
                                return false;
                            }
                        });
            }
        }
    }

    @Test
    void fileThatOthersMayReadIsRefused(@TempDir Path folder) throws Exception {
        Path file = Secrets.write(folder.resolve("userlist.txt"), "");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        var admission = new Admission(AccessRules.withPassword(), file, null, null);
        var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission);
        assertThatThrownBy(() -> proxy.to(new ServerAddress.Tcp("127.0.0.1", 1)))
                .isInstanceOf(ProxyException.class)
                .hasMessageContaining("may be used by others (rw-r-----)")
                .hasMessageContaining("HINT: chmod 600");
    }

    @Test
    void lookupThatIsConfiguredWronglyIsSaidAtOnce() throws Exception {
        try (TestPostgres postgres = TestPostgres.withPasswords("auto");
                var proxy =
                        TestProxy.of(PoolMode.TRANSACTION, 1)
                                .with(lookup(Duration.ZERO))
                                .to(postgres)) {
            assertThatThrownBy(() -> connect(proxy.port(), "ann", "sesame"))
                    .isInstanceOfSatisfying(
                            PSQLException.class,
                            e -> assertThat(e.getSQLState()).isEqualTo("58000"));
        }
    }

    /// A socket for both kinds reports such an address as one of IPv6.
    @Test
    void addressOfIpv4IsOneAlsoOnASocketForBoth() throws Exception {
        var rules =
                AccessRules.of(
                        List.of(
                                "host all all 127.0.0.1/32 reject",
                                "host all all all scram-sha-256"));
        var settings =
                new ProxySettings(
                        new InetSocketAddress("::", 0),
                        new Admission(rules, null, lookup(Duration.ofSeconds(1)).lookup(), null),
                        10,
                        1,
                        ProxySettings.STATEMENT_MEMORY,
                        false,
                        Duration.ofSeconds(1),
                        Timeouts.DEFAULT,
                        UserAllowances.UNBOUNDED,
                        Peers.NONE,
                        null,
                        Map.of(
                                "app",
                                new DatabaseSettings(
                                        new ServerAddress.Tcp("127.0.0.1", 1),
                                        ServerTlsSettings.DEFAULT,
                                        "app",
                                        Allowance.UNBOUNDED,
                                        PoolSettings.DEFAULT,
                                        Map.of())));
        Proxy started;
        try {
            started = Proxy.start(settings);
        } catch (ProxyException e) {
            Assumptions.abort("there is no IPv6 here: " + e.getMessage());
            return;
        }
        try (Proxy proxy = started) {
            assertThatThrownBy(() -> connect(proxy.address().getPort(), "ann", "sesame"))
                    .hasMessageContaining("rejects host \"127.0.0.1\"");
        }
    }

    @Test
    void addressDecidesBeforeAnythingElse() throws Exception {
        try (TestPostgres postgres = TestPostgres.withPasswords("auto")) {
            prepare(postgres);
            var rules =
                    AccessRules.of(
                            List.of(
                                    "host app bob 127.0.0.1/32 reject",
                                    "host app ann 127.0.0.0/8 scram-sha-256",
                                    "host app all 10.0.0.0/8 scram-sha-256"));
            var admission =
                    new Admission(rules, null, lookup(Duration.ofSeconds(1)).lookup(), null);
            try (var proxy = TestProxy.of(PoolMode.TRANSACTION, 1).with(admission).to(postgres)) {
                assertThatCode(() -> connect(proxy.port(), "ann", "sesame").close())
                        .doesNotThrowAnyException();
                assertThatThrownBy(() -> connect(proxy.port(), "bob", "secret"))
                        .hasMessageContaining("rejects host \"127.0.0.1\", user \"bob\"");
                assertThatThrownBy(() -> connect(proxy.port(), "carl", "secret"))
                        .hasMessageContaining("no access rule of the proxy is for host");
                String tooLong = "ann" + "x".repeat(80);
                assertThatThrownBy(() -> connect(proxy.port(), tooLong, "secret"))
                        .hasMessageContaining("no access rule of the proxy is for host");
            }
        }
    }
}

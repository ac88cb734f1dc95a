package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.access.AccessRules;
import io.howdah.proxy.settings.Admission;
import io.howdah.proxy.settings.ClientTlsSettings;
import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.ServerTlsMode;
import io.howdah.proxy.settings.ServerTlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What a client hears through the proxy is, byte by byte, what it hears from the server itself.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameBytesTest {

    /// A conversation: what is sent, and how many times ReadyForQuery follows.
    record Script(String name, int readies, Consumer<RawClient> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    private final Certificates authority = new Certificates("authority");
    private final TestPostgres postgres;
    private final TestProxy transactions;
    private final TestProxy sessions;
    private final TestProxy statements;
    private final TestProxy encrypted;

    SameBytesTest(@TempDir Path folder) {
        Certificates.Identity server = authority.identity("server").into(folder, "proxy");
        postgres =
                TestPostgres.start(
                        "auto",
                        "host all all 127.0.0.1/32 trust",
                        Map.of(
                                "server.crt",
                                server.certificate(),
                                "server.key",
                                server.key(),
                                "root.crt",
                                authority.authority()));
        var plain = new ServerTlsSettings(ServerTlsMode.DISABLE, null, null, null);
        var shown =
                new ClientTlsSettings(
                        true, folder.resolve("proxy.crt"), folder.resolve("proxy.key"), null);
        transactions = TestProxy.of(PoolMode.TRANSACTION, 1).with(plain).to(postgres);
        sessions = TestProxy.of(PoolMode.SESSION, 1).with(plain).to(postgres);
        statements = TestProxy.of(PoolMode.STATEMENT, 1).with(plain).to(postgres);
        encrypted =
                TestProxy.of(PoolMode.TRANSACTION, 1)
                        .with(new Admission(AccessRules.trustingLoopback(), null, null, shown))
                        .with(new ServerTlsSettings(ServerTlsMode.REQUIRE, null, null, null))
                        .to(postgres);
    }

    @AfterAll
    void stop() {
        transactions.close();
        sessions.close();
        statements.close();
        encrypted.close();
        postgres.close();
    }

    static Stream<Script> scripts() {
        return Stream.of(
                new Script("query", 1, c -> c.query("select 1, 'two', null")),
                new Script("several statements", 1, c -> c.query("select 1; select 2; select")),
                new Script("empty query", 1, c -> c.query("")),
                new Script("error", 1, c -> c.query("select 1; select 1/0; select 3")),
                new Script("syntax error", 1, c -> c.query("selekt")),
                new Script(
                        "notice", 1, c -> c.query("do $$ begin raise notice 'hear %', 1; end $$")),
                new Script("setting reported", 1, c -> c.query("set timezone = 'Asia/Tokyo'")),
                new Script(
                        "setting rolled back",
                        3,
                        c ->
                                c.query("begin")
                                        .query("set datestyle = 'sql, dmy'")
                                        .query("rollback")),
                new Script(
                        "many rows",
                        1,
                        c ->
                                c.query(
                                        "select i, repeat('x', i % 100) from generate_series(1, 20000) i")),
                new Script("large row", 1, c -> c.query("select repeat('y', 3000000)")),
                new Script(
                        "queries in one go",
                        3,
                        c -> c.query("select 1").query("select 1/0").query("select 2")),
                new Script(
                        "transaction",
                        4,
                        c ->
                                c.query("begin")
                                        .query("select 1/0")
                                        .query("select 1")
                                        .query("rollback")),
                new Script(
                        "extended",
                        1,
                        c -> c.parse("", "select 1").message('D', "S\0").bindExecute("").sync()),
                new Script(
                        "pipeline",
                        3,
                        c ->
                                c.parse("", "select 1")
                                        .bindExecute("")
                                        .sync()
                                        .parse("", "select 2")
                                        .bindExecute("")
                                        .parse("", "select 3")
                                        .bindExecute("")
                                        .sync()
                                        .sync()),
                new Script(
                        "error in a pipeline",
                        2,
                        c ->
                                c.parse("", "select 1/0")
                                        .bindExecute("")
                                        .parse("", "select 3")
                                        .bindExecute("")
                                        .query("select 'skipped'")
                                        .sync()
                                        .parse("", "select 4")
                                        .bindExecute("")
                                        .sync()),
                new Script(
                        "flush in the middle",
                        1,
                        c -> {
                            c.parse("", "select 5").message('H', "").flush();
                            c.bindExecute("").sync();
                        }),
                new Script(
                        "named statement",
                        2,
                        c ->
                                c.parse("mine", "select 6")
                                        .sync()
                                        .bindExecute("mine")
                                        .message('C', "Smine\0")
                                        .sync()),
                new Script(
                        "portal in parts",
                        1,
                        c ->
                                c.parse("", "select generate_series(1, 5)")
                                        .message('B', "\0\0\0\0\0\0\0\0")
                                        .message('E', "\0\0\0\0\2")
                                        .message('E', "\0\0\0\0\0")
                                        .sync()),
                new Script(
                        "copy out",
                        1,
                        c -> c.query("copy (select generate_series(1, 1000)) to stdout")),
                new Script(
                        "copy in",
                        4,
                        c ->
                                c.query("create temporary table t (a int)")
                                        .query("begin; copy t from stdin; copy t to stdout; commit")
                                        .message('d', "1\n")
                                        .message('d', "2\n3\n")
                                        .message('c', "")
                                        .query("select count(*) from t")
                                        .query("drop table t")),
                new Script(
                        "copy that fails early and data that come late",
                        4,
                        c ->
                                c.query("create table if not exists u (a int)")
                                        .query("copy u from stdin")
                                        .message('d', "not a number\n")
                                        .message('d', "1\n")
                                        .message('d', "2\n")
                                        .message('c', "")
                                        .query("select count(*) from u")
                                        .query("drop table u")),
                new Script(
                        "copy given up",
                        4,
                        c ->
                                c.query("create table if not exists v (a int)")
                                        .query("copy v from stdin")
                                        .message('d', "1\n")
                                        .message('f', "enough\0")
                                        .query("select count(*) from v")
                                        .query("drop table v")),
                new Script(
                        "extended copy with a sync ahead",
                        3,
                        c ->
                                c.query("create table if not exists w (a int)")
                                        .parse("", "copy w from stdin")
                                        .bindExecute("")
                                        .sync()
                                        .message('d', "1\n")
                                        .message('c', "")
                                        .sync()
                                        .query("drop table w")),
                new Script(
                        "function call",
                        1,
                        // 1610 is pi()
                        c -> c.message('F', "\0\0\6\112\0\0\0\0\0\1")));
    }

    @ParameterizedTest
    @MethodSource({
        "scripts",
        "io.howdah.proxy.NamedStatementScripts#all",
        "io.howdah.proxy.UnnamedStatementScripts#all"
    })
    void throughTheProxyAsFromTheServer(Script script) {
        List<String> direct = hear(new RawClient(postgres.port()), script);
        for (TestProxy proxy : List.of(transactions, sessions, transactions)) {
            assertThat(hear(new RawClient(proxy.port()), script)).isEqualTo(direct);
        }
        for (int i = 0; i < 2 && isSameInStatementMode(direct); i++) {
            assertThat(hear(new RawClient(statements.port()), script)).isEqualTo(direct);
        }
        assertThat(hear(RawClient.encrypted(encrypted.port(), authority.context()), script))
                .isEqualTo(direct);
    }

    /// There are no transactions there. That columns have changed the proxy says itself, in fewer
    /// words, where it knows that when a statement is used, as here each request waits for the
    /// answer to the one before.
    private static boolean isSameInStatementMode(List<String> direct) {
        return direct.stream()
                .noneMatch(heard ->
                        heard.equals("Z T")
                                || heard.equals("Z E")
                                || heard.contains("RRevalidateCachedQuery"));
    }

    /// All that is heard, from the login on; keys are each connection's own, and so is what a
    /// server says of its own lines in an error.
    private static List<String> hear(RawClient opened, Script script) {
        List<String> heard = new ArrayList<>();
        try (RawClient client = opened) {
            client.startup("user", "app", "database", "app", "application_name", "same").flush();
            client.untilReady().forEach(message -> heard.add(shown(message)));
            script.says().accept(client);
            client.flush();
            for (int i = 0; i < script.readies(); i++) {
                client.untilReady().forEach(message -> heard.add(shown(message)));
            }
        }
        return heard;
    }

    private static String shown(RawClient.Message message) {
        return switch (message.type()) {
            case 'K' -> "K";
            default -> message.type() + " " + message.text();
        };
    }
}

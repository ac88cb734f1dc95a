package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/// Statements without a name where clients share connections, on a real server: prepared in one
/// transaction and used in a later one, as Go's lib/pq does.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UnnamedStatementsTest {

    private static final String NOTHING = "unnamed prepared statement does not exist";

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy one = TestProxy.of(PoolMode.TRANSACTION, 1).to(postgres);
    private final TestProxy two = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
    private RawClient client;
    private RawClient other;

    @BeforeEach
    void enter() {
        client = RawClient.in(one.port());
        other = RawClient.in(one.port());
    }

    @AfterEach
    void leave() {
        client.close();
        other.close();
    }

    @AfterAll
    void stop() {
        one.close();
        two.close();
        postgres.close();
    }

    private static void prepare(RawClient client, String sql) {
        assertThat(client.parse("", sql).describe("").sync().flush().types(1)).isEqualTo("1tTZ");
    }

    private static String answer(RawClient client, String parameter) {
        List<RawClient.Message> heard = bind(client, parameter);
        assertThat(heard).extracting(RawClient.Message::type).containsExactly('2', 'D', 'C', 'Z');
        return heard.get(1).text().substring(6);
    }

    private static List<RawClient.Message> bind(RawClient client, String parameter) {
        return client.message(
                        'B', "\0\0\0\0\0\1\0\0\0" + (char) parameter.length() + parameter + "\0\0")
                .message('E', "\0\0\0\0\0")
                .sync()
                .flush()
                .untilReady();
    }

    private static void assertFindsNothing(RawClient client) {
        List<RawClient.Message> heard = bind(client, "me");
        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst().field('C')).isEqualTo("26000");
        assertThat(heard.getFirst().field('M')).isEqualTo(NOTHING);
    }

    @Test
    void eachClientFindsItsOwnOnTheConnectionThatTheyShare() {
        prepare(client, "select 'hello ' || $1");
        prepare(other, "select 'goodbye ' || $1");
        for (int round = 0; round < 3; round++) {
            assertThat(answer(client, "Ann")).isEqualTo("hello Ann");
            assertThat(answer(other, "Bob")).isEqualTo("goodbye Bob");
            assertThat(answer(other, "Bob")).isEqualTo("goodbye Bob");
        }
    }

    @Test
    void clientFindsItsOwnOnAConnectionThatItWasNeverOn() {
        try (RawClient mover = RawClient.in(two.port());
                RawClient blocker = RawClient.in(two.port())) {
            prepare(mover, "select $1 || pg_backend_pid()");
            String first = answer(mover, "process ");
            // The connection used last is taken next: the mover finds the other one.
            blocker.query("begin").flush().untilReady();
            assertThat(answer(mover, "process ")).startsWith("process ").isNotEqualTo(first);
        }
    }

    @Test
    void whoHasPreparedNothingIsToldSoAndDoesNotRunAnothers() {
        prepare(other, "select 'goodbye ' || $1");
        assertFindsNothing(client);
        assertThat(answer(other, "Bob")).isEqualTo("goodbye Bob");
    }

    @Test
    void queryEndsItAsPostgreSqlDoes() {
        prepare(client, "select 'hello ' || $1");
        client.query("select 1").flush().untilReady();
        prepare(other, "select 'goodbye ' || $1");
        assertFindsNothing(client);
    }

    @Test
    void failedParseEndsItAsPostgreSqlDoes() {
        prepare(client, "select 'hello ' || $1");
        assertThat(client.parse("", "selekt").sync().flush().types(1)).isEqualTo("EZ");
        prepare(other, "select 'goodbye ' || $1");
        assertFindsNothing(client);
    }

    @Test
    void skippedParseLeavesTheFormerOne() {
        prepare(client, "select 'hello ' || $1");
        client.bindExecute("nobody").parse("", "select 'skipped ' || $1").sync().flush();
        assertThat(client.types(1)).isEqualTo("EZ");
        prepare(other, "select 'goodbye ' || $1");
        assertThat(answer(client, "Ann")).isEqualTo("hello Ann");
    }

    @Test
    void largeOneIsFoundUntilSomebodyElsePreparesThere() {
        String large = "select '" + "x".repeat(100_000) + "' || $1";
        prepare(client, large);
        assertThat(answer(client, "y")).hasSize(100_001);
        prepare(other, "select 'goodbye ' || $1");
        assertFindsNothing(client);
        assertThat(answer(other, "Bob")).isEqualTo("goodbye Bob");
    }

    @Test
    void settingsPutBackInBetweenDoNotLoseIt() {
        client.query("set timezone = 'Asia/Tokyo'").flush().untilReady();
        prepare(client, "select current_setting('timezone') || $1");
        other.query("select 1").flush().untilReady();
        assertThat(answer(client, "!")).isEqualTo("Asia/Tokyo!");
        prepare(other, "select 'goodbye ' || $1");
        assertThat(answer(client, "!")).isEqualTo("Asia/Tokyo!");
    }

    @Test
    void eachFindsItsOwnWhereNamesAreNotSharedEither() {
        var settings = new PoolSettings(PoolMode.TRANSACTION, 1, 0, 0, Duration.ofSeconds(5), 0);
        try (var off = TestProxy.of(PoolMode.TRANSACTION, 1).with(settings).to(postgres);
                RawClient first = RawClient.in(off.port());
                RawClient second = RawClient.in(off.port())) {
            prepare(first, "select 'hello ' || $1");
            prepare(second, "select 'goodbye ' || $1");
            assertThat(answer(first, "Ann")).isEqualTo("hello Ann");
        }
    }
}

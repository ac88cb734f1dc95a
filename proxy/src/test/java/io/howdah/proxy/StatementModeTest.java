package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Where a server connection is lent for one statement there are no transactions of several.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatementModeTest {

    private static final String MADE = "create table made ()";
    private static final String IS_MADE = "select to_regclass('made') is not null";

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy one = TestProxy.of(PoolMode.STATEMENT, 1).to(postgres);

    @AfterAll
    void stop() {
        one.close();
        postgres.close();
    }

    /// A transaction that is sent in one go.
    ///
    /// @param answers by their types
    record Refused(String name, String answers, Consumer<RawClient> says) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Refused> refused() {
        return Stream.of(
                new Refused("queries", "CE", c -> c.query("begin").query(MADE).query("commit")),
                new Refused(
                        "one query that leaves it open",
                        "CCE",
                        c -> c.query("begin; " + MADE).query("commit")),
                new Refused("a failed one", "CEE", c -> c.query("begin; select 1/0").query(MADE)),
                new Refused(
                        "extended",
                        "12CE",
                        c -> {
                            for (String sql : List.of("begin", MADE, "commit")) {
                                c.parse("", sql).bindExecute("").sync();
                            }
                        }),
                new Refused(
                        "a named statement",
                        "1Z2CE",
                        c -> {
                            c.parse("b", "begin").sync();
                            c.bindExecute("b").sync();
                            c.query(MADE).query("commit");
                        }));
    }

    @ParameterizedTest
    @MethodSource("refused")
    void transactionIsRefusedAndNothingBehindItIsDone(Refused transaction) {
        try (RawClient client = RawClient.in(one.port());
                RawClient next = RawClient.in(one.port())) {
            transaction.says().accept(client);
            List<RawClient.Message> heard = client.flush().untilEnd();
            var types = new StringBuilder();
            heard.forEach(message -> types.append(message.type()));
            assertThat(types).hasToString(transaction.answers());
            assertThat(heard.getLast().field('C')).isEqualTo("0A000");
            assertThat(heard.getLast().field('S')).isEqualTo("FATAL");
            assertThat(next.query(IS_MADE).flush().untilReady().get(1).text()).endsWith("f");
        }
    }

    @Test
    void whatOneSyncEndsIsOneStatement() {
        try (RawClient client = RawClient.in(one.port());
                RawClient next = RawClient.in(one.port())) {
            for (String sql : List.of("begin", "create table kept ()", "commit")) {
                client.parse("", sql).bindExecute("");
            }
            assertThat(client.sync().flush().types(1)).isEqualTo("12C12C12CZ");
            assertThat(next.query("drop table kept").flush().types(1)).isEqualTo("CZ");
        }
    }

    @Test
    void copyIsOneStatementHoweverEarlyItsDataCome() {
        try (RawClient client = RawClient.in(one.port());
                RawClient next = RawClient.in(one.port())) {
            client.query("create table copied (n int)");
            client.query("copy copied from stdin").message('d', "1\n").message('d', "2\n");
            client.message('c', "").query("select sum(n) from copied").flush();
            next.query("select 'next'").flush();
            assertThat(client.types(3)).isEqualTo("CZGCZTDCZ");
            assertThat(next.types(1)).isEqualTo("TDCZ");
            client.query("copy copied from stdin").message('d', "x\n").message('d', "2\n");
            client.message('c', "").query("drop table copied").flush();
            assertThat(client.types(2)).isEqualTo("GEZCZ");
        }
    }
}

package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// PostgreSQL's own clients, where they are installed, hear through the proxy byte by byte what
/// they hear from the server, and say the same of it.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SameClientBytesTest {

    /// More than there are server connections.
    private static final int CLIENTS = 5;

    /// What pgbench runs: each client has rows of its own, so that it hears what nobody else
    /// decides.
    private record Work(String name, List<String> protocols, String script) {}

    private static final List<String> ALL = List.of("simple", "extended", "prepared");

    private static final List<Work> WORKS =
            List.of(
                    new Work(
                            "transaction",
                            ALL,
                            """
                            \\set id 1 + :client_id
                            \\set delta random(-5000, 5000)
                            begin;
                            update own set balance = balance + :delta where id = :id;
                            select balance, :delta::int from own where id = :id;
                            insert into history values (:id, :delta);
                            select count(*), sum(delta) from history where id = :id;
                            end;
                            select id, balance from own where id = :id;
                            """),
                    new Work(
                            "savepoints, settings and what is not stored",
                            ALL,
                            """
                            \\set id 1 + :client_id
                            begin isolation level repeatable read;
                            set local work_mem = '1MB';
                            savepoint s;
                            delete from own where id = :id;
                            select count(*) from own where id = :id;
                            rollback to savepoint s;
                            release savepoint s;
                            select balance from own where id = :id \\gset before_
                            update own set balance = :before_balance + 1 where id = :id;
                            show work_mem;
                            rollback;
                            set intervalstyle = 'sql_standard';
                            select interval '1 day 2 hours', :client_id;
                            do $$ begin raise notice 'hear this'; end $$;
                            select repeat('x', 20000), generate_series(1, 20);
                            """),
                    new Work(
                            "several statements in one",
                            List.of("simple"),
                            """
                            \\set id 1 + :client_id
                            begin\\; update own set balance = balance + 1 where id = :id\\; select balance from own where id = :id\\; end;
                            select 1 as one\\; select 2 as two \\aset
                            update own set balance = balance - 1 where id = :id\\; select balance from own where id = :id;
                            """),
                    new Work(
                            "pipelines",
                            List.of("extended", "prepared"),
                            """
                            \\set id 1 + :client_id
                            \\startpipeline
                            begin;
                            update own set balance = balance + 1 where id = :id;
                            select balance from own where id = :id;
                            end;
                            select count(*) from own;
                            \\endpipeline
                            begin;
                            \\startpipeline
                            update own set balance = balance - 1 where id = :id;
                            select balance from own where id = :id;
                            \\endpipeline
                            commit;
                            \\startpipeline
                            select balance from own where id = :id;
                            select balance, 1 from own where id = :id;
                            \\endpipeline
                            """));

    /// Without transactions, and so in statement mode, too.
    private static final List<Work> ALONE =
            List.of(
                    new Work(
                            "statements alone",
                            ALL,
                            """
                            \\set id 1 + :client_id
                            update own set balance = balance + 1 where id = :id;
                            select balance from own where id = :id;
                            insert into history values (:id, :client_id);
                            select count(*), sum(delta) from history where id = :id;
                            set intervalstyle = 'sql_standard';
                            select interval '1 day 2 hours', :client_id;
                            """),
                    new Work(
                            "statements in a pipeline",
                            List.of("extended", "prepared"),
                            """
                            \\set id 1 + :client_id
                            \\startpipeline
                            update own set balance = balance + 1 where id = :id;
                            select balance from own where id = :id;
                            select count(*) from own;
                            \\endpipeline
                            select balance, 1 from own where id = :id;
                            """));

    @TempDir private static Path folder;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy transactions = TestProxy.of(PoolMode.TRANSACTION, 2).to(postgres);
    private final TestProxy sessions = TestProxy.of(PoolMode.SESSION, CLIENTS + 1).to(postgres);

    private final TestProxy statements = TestProxy.of(PoolMode.STATEMENT, 2).to(postgres);

    @BeforeAll
    void areThere() throws Exception {
        Assumptions.assumeTrue(postgres.installation().tool("pgbench").isPresent());
        Assumptions.assumeTrue(postgres.installation().tool("psql").isPresent());
        psql(
                postgres.port(),
                """
                create table own (id int primary key, balance int);
                create table history (id int, delta int);
                create index on history (id);
                """);
    }

    @AfterAll
    void stop() {
        transactions.close();
        sessions.close();
        statements.close();
        postgres.close();
    }

    private TestProxy proxy(PoolMode mode) {
        return switch (mode) {
            case SESSION -> sessions;
            case TRANSACTION -> transactions;
            case STATEMENT -> statements;
        };
    }

    record Bench(String name, String protocol, PoolMode mode) {}

    static Stream<Bench> benches() {
        return Stream.of(
                        benches(WORKS, PoolMode.TRANSACTION),
                        benches(WORKS, PoolMode.SESSION),
                        benches(ALONE, PoolMode.STATEMENT))
                .flatMap(benches -> benches);
    }

    private static Stream<Bench> benches(List<Work> works, PoolMode mode) {
        return works.stream()
                .flatMap(work ->
                        work.protocols().stream().map(p -> new Bench(work.name(), p, mode)));
    }

    @ParameterizedTest
    @MethodSource("benches")
    void pgbenchHearsTheSame(Bench bench) throws Exception {
        Work work =
                Stream.concat(WORKS.stream(), ALONE.stream())
                        .filter(one -> one.name().equals(bench.name()))
                        .findFirst()
                        .orElseThrow();
        Path script = folder.resolve("work.sql");
        Files.writeString(script, work.script());
        List<String> direct = pgbench(postgres.port(), bench.protocol(), script);
        assertThat(direct).hasSize(CLIENTS + 1).allMatch(heard -> heard.endsWith("\n0"));
        assertThat(pgbench(proxy(bench.mode()).port(), bench.protocol(), script)).isEqualTo(direct);
    }

    /// In any order: threads open their connections when they come to it.
    private List<String> pgbench(int port, String protocol, Path script) throws Exception {
        psql(
                postgres.port(),
                """
                truncate own, history;
                insert into own select i, 0 from generate_series(1, 10) i;
                """);
        try (Wiretap tap = new Wiretap(port)) {
            String said =
                    run(
                            tap.port(),
                            "",
                            "pgbench",
                            "--no-vacuum",
                            "--protocol=" + protocol,
                            "--file=" + script,
                            "--random-seed=5",
                            "--client=" + CLIENTS,
                            // One thread with several clients waits for the end of a Parse in each.
                            "--jobs=" + CLIENTS,
                            "--transactions=8");
            assertThat(said).contains("actually processed: %d/%<d".formatted(8 * CLIENTS));
            return tap.heard().stream().sorted().toList();
        }
    }

    @ParameterizedTest
    @EnumSource
    void psqlHearsAndSaysTheSame(PoolMode mode) throws Exception {
        String transactions = mode == PoolMode.STATEMENT ? "" : TRANSACTIONS;
        Spoken direct = spoken(postgres.port(), transactions);
        assertThat(direct.said()).contains("division by zero", "3 copied", "own_pkey");
        assertThat(direct.said().contains("(5 rows)")).isEqualTo(mode != PoolMode.STATEMENT);
        assertThat(spoken(proxy(mode).port(), transactions)).isEqualTo(direct);
    }

    private record Spoken(String said, List<String> heard) {}

    private static final String TRANSACTIONS =
            """
            begin;
            insert into copied values ('five', 5);
            savepoint s;
            insert into copied values ('six', 1/0);
            rollback to s;
            select * from copied order by b;
            rollback;
            \\set ON_ERROR_ROLLBACK on
            begin;
            select 1/0;
            select 'still in it';
            commit;
            \\set AUTOCOMMIT off
            insert into copied values ('seven', 7);
            select 1/0;
            commit;
            \\set AUTOCOMMIT on
            \\set FETCH_COUNT 2
            select generate_series(1, 5);
            \\unset FETCH_COUNT
            """;

    private Spoken spoken(int port, String transactions) throws Exception {
        try (Wiretap tap = new Wiretap(port)) {
            String said =
                    psql(
                            tap.port(),
                            """
                            \\set ON_ERROR_STOP off
                            select 'row', null, 1.5 as "a number";
                            select 1/0;
                            selekt 1;
                            select 1 \\; select 2 \\; select 1/0 \\; select 3;
                            \\d own
                            \\dt
                            \\l app
                            \\encoding LATIN1
                            select chr(252);
                            \\encoding UTF8
                            set datestyle = 'german';
                            select date '2026-01-31';
                            reset datestyle;
                            create table copied (a text, b int);
                            \\copy copied from stdin with csv
                            one,1
                            two,2
                            three,3
                            \\.
                            \\copy copied from stdin with csv
                            four,x
                            \\.
                            \\copy copied to stdout
                            select count(*) || ' copied' from copied;
                            %s
                            select 'drop table ' || 'copied' \\gexec
                            select 4 as four \\gset
                            select :four as a, $$b$$ as b \\gdesc
                            select 1 where false;
                            do $$ begin raise warning 'hear this' using detail = 'more', hint = 'most'; end $$;
                            select repeat('long', 100000);
                            """
                                    .formatted(transactions));
            return new Spoken(said, tap.heard());
        }
    }

    private String psql(int port, String input) throws Exception {
        return run(port, input, "psql", "--no-psqlrc");
    }

    private String run(int port, String input, String tool, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(postgres.installation().requireTool(tool).toString());
        command.addAll(List.of(options));
        command.addAll(List.of("--host=127.0.0.1", "--port=" + port, "--username=app", "app"));
        Path in = folder.resolve("in");
        Path out = folder.resolve("out");
        Files.writeString(in, input);
        Process process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(command + " does not end");
        }
        return Files.readString(out, StandardCharsets.ISO_8859_1);
    }
}

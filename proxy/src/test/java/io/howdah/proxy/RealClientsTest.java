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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PostgreSQL's own clients, where they are installed.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealClientsTest {

    @TempDir private static Path folder;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy proxy = TestProxy.of(PoolMode.TRANSACTION, 8).to(postgres);

    @BeforeAll
    void initialise() throws Exception {
        Assumptions.assumeTrue(postgres.installation().tool("pgbench").isPresent());
        Assumptions.assumeTrue(postgres.installation().tool("psql").isPresent());
        run("pgbench", "", "--initialize", "--quiet");
    }

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "prepared"})
    void pgbenchFailsInNoTransaction(String mode) throws Exception {
        String said =
                run(
                        "pgbench",
                        "",
                        "--no-vacuum",
                        "--protocol=" + mode,
                        "--client=20",
                        // It waits for the end of a Parse: a thread with several clients would wait
                        // for a connection that another of them holds.
                        "--jobs=20",
                        "--transactions=20");
        assertThat(said).contains("number of failed transactions: 0 (0.000%)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"extended", "prepared"})
    void pipelinedTransactionsOfPgbenchWork(String mode) throws Exception {
        Path script = folder.resolve("pipeline.sql");
        Files.writeString(
                script,
                """
                \\set id random(1, 1000)
                \\startpipeline
                begin;
                update pgbench_accounts set abalance = abalance + 1 where aid = :id;
                select abalance from pgbench_accounts where aid = :id;
                end;
                select bbalance from pgbench_branches where bid = 1;
                \\endpipeline
                """);
        String said =
                run(
                        "pgbench",
                        "",
                        "--no-vacuum",
                        "--protocol=" + mode,
                        "--file=" + script,
                        "--client=20",
                        "--jobs=20",
                        "--transactions=20");
        assertThat(said).contains("number of transactions actually processed: 400/400");
    }

    @Test
    void newConnectionForEachTransactionWorks() throws Exception {
        String said =
                run(
                        "pgbench",
                        "",
                        "--no-vacuum",
                        "--select-only",
                        "--connect",
                        "--client=4",
                        "--transactions=50");
        assertThat(said).contains("number of transactions actually processed: 200/200");
    }

    @Test
    void psqlSpeaksWithTheServerAsEver() throws Exception {
        String said =
                run(
                        "psql",
                        """
                        \\set ON_ERROR_STOP off
                        select 'row';
                        select 1/0;
                        create table copied (a text);
                        \\copy copied from stdin
                        one
                        two
                        \\.
                        select count(*) || ' copied' from copied;
                        drop table copied;
                        """,
                        "--no-psqlrc",
                        "--tuples-only",
                        "--no-align");
        assertThat(said).contains("row", "division by zero", "2 copied", "DROP TABLE");
    }

    private String run(String tool, String input, String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(postgres.installation().requireTool(tool).toString());
        command.addAll(List.of(options));
        command.addAll(
                List.of("--host=127.0.0.1", "--port=" + proxy.port(), "--username=app", "app"));
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
        return Files.readString(out, StandardCharsets.UTF_8);
    }
}

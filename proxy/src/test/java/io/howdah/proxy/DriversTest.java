package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.proxy.settings.PoolMode;
import io.howdah.proxy.settings.PoolSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Applications with the drivers that people use see through the proxy what they see directly: one
/// alone hears the same byte by byte; several at once, over few connections on which few statements
/// find room, come to the same.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DriversTest {

    private static final int APPLICATIONS = 4;

    /// What `.ci/run` installs of node-postgres lies there.
    private static final String NODE_MODULES = "/usr/share/nodejs";

    @TempDir private static Path folder;

    private final TestPostgres postgres = TestPostgres.start();
    private final TestProxy proxy =
            TestProxy.of(PoolMode.TRANSACTION, 2)
                    .with(new PoolSettings(PoolMode.TRANSACTION, 2, 0, 0, Duration.ofSeconds(5), 5))
                    .to(postgres);

    /// Whether a division by zero is found as the parameters arrive or as the statement runs
    /// depends on its plan, and the sixth use of a statement may have a generic one: through the
    /// proxy others have used it before.
    @BeforeAll
    void planAnew() {
        postgres.execute("alter role app set plan_cache_mode = force_custom_plan");
    }

    @AfterAll
    void stop() {
        proxy.close();
        postgres.close();
    }

    @ParameterizedTest
    @CsvSource({
        "with_psycopg.py, /usr/bin/python3 -c 'import psycopg', python3-psycopg",
        "with_asyncpg.py, /usr/bin/python3 -c 'import asyncpg', python3-asyncpg",
        "with_node_postgres.js, node -e 'require(\"pg\")', node-pg"
    })
    void applicationSeesWhatItSeesDirectly(String script, String probe, String debianPackage)
            throws Exception {
        Assumptions.assumeTrue(
                run(List.of("sh", "-c", probe), "probe").exit() == 0,
                debianPackage + " is not installed");
        Path program = folder.resolve(script);
        try (var resource = DriversTest.class.getResourceAsStream("/drivers/" + script)) {
            Files.write(program, resource.readAllBytes());
        }
        String language = script.endsWith(".js") ? "node" : "/usr/bin/python3";
        compare((port, number) -> {
            Ended ended =
                    run(
                            List.of(language, program.toString(), "" + port, "" + number),
                            script + number);
            assertThat(ended.exit()).as(ended.said()).isZero();
            return ended.said();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "prepareThreshold=1",
                "prepareThreshold=-1",
                "prepareThreshold=1&autosave=always&cleanupSavepoints=true",
                "prepareThreshold=1&autosave=conservative&preparedStatementCacheQueries=2",
                "prepareThreshold=1&reWriteBatchedInserts=true&binaryTransfer=false",
                "preferQueryMode=extendedForPrepared&prepareThreshold=2",
                "preferQueryMode=extendedCacheEverything&prepareThreshold=1"
            })
    void jdbcSeesWhatItSeesDirectly(String options) throws Exception {
        compare((port, number) -> {
            try (Connection client =
                    DriverManager.getConnection(
                            "jdbc:postgresql://127.0.0.1:" + port + "/app?user=app&" + options)) {
                return work(client, "jdbc_" + number);
            }
        });
    }

    @FunctionalInterface
    private interface Application {
        String run(int port, int number) throws Exception;
    }

    private void compare(Application application) throws Exception {
        Spoken direct = alone(application, postgres.port());
        Spoken pooled = alone(application, proxy.port());
        assertThat(pooled.said()).isEqualTo(direct.said());
        // Who is alone uses one connection at a time: of several it is chance which one asks what.
        assertThat(pooled.heard()).isEqualTo(direct.heard());
        List<Callable<String>> all = new ArrayList<>();
        for (int i = 1; i <= APPLICATIONS; i++) {
            int number = i;
            all.add(() -> application.run(proxy.port(), number));
        }
        try (var threads = Executors.newFixedThreadPool(APPLICATIONS)) {
            for (Future<String> one : threads.invokeAll(all)) {
                assertThat(one.get()).isEqualTo(direct.said());
            }
        }
    }

    /// What an application says, and what it has heard on each of its connections.
    private record Spoken(String said, List<String> heard) {}

    private static Spoken alone(Application application, int port) throws Exception {
        try (Wiretap tap = new Wiretap(port)) {
            String said = application.run(tap.port(), 0);
            return new Spoken(said, tap.heard().stream().map(DriversTest::withOneEnd).toList());
        }
    }

    /// Whether a client that leaves after an error in a pipeline has heard the answer to its last
    /// Sync as well is chance.
    private static String withOneEnd(String heard) {
        return heard.replaceFirst("(Z I\n)+(\\d+)$", "Z I\n$2");
    }

    private static String work(Connection client, String table) throws SQLException {
        StringBuilder seen = new StringBuilder();
        try (Statement statement = client.createStatement()) {
            statement.execute("drop table if exists " + table);
            statement.execute("create table " + table + " (id int primary key, name text)");
        }
        try (PreparedStatement insert =
                        client.prepareStatement("insert into " + table + " values (?, ?)");
                PreparedStatement select =
                        client.prepareStatement("select * from " + table + " where id % ? = 0");
                PreparedStatement divide = client.prepareStatement("select 1 / ?::int")) {
            for (int round = 0; round < 3; round++) {
                for (int i = 0; i < 100; i++) {
                    insert.setInt(1, round * 100 + i);
                    insert.setString(2, "row " + i);
                    insert.addBatch();
                }
                seen.append(Arrays.toString(insert.executeBatch()));
                insert.setInt(1, round);
                insert.setString(2, "twice");
                attempt(insert, seen);
            }
            client.setAutoCommit(false);
            select.setFetchSize(7);
            for (int round = 1; round < 6; round++) {
                select.setInt(1, 10 * round);
                rows(select, seen);
                divide.setInt(1, round % 3);
                attempt(divide, seen);
                if (round % 2 == 0) {
                    client.commit();
                } else {
                    client.rollback();
                }
            }
            client.setAutoCommit(true);
            rows(select, seen);
        }
        try (Statement statement = client.createStatement()) {
            statement.execute("drop table " + table);
        }
        return seen.toString();
    }

    private static void attempt(PreparedStatement statement, StringBuilder seen) {
        try {
            seen.append(statement.execute());
        } catch (SQLException e) {
            seen.append(e.getSQLState());
        }
    }

    private static void rows(PreparedStatement statement, StringBuilder seen) {
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                seen.append(rows.getString(1)).append(rows.getString(2)).append(' ');
            }
        } catch (SQLException e) {
            seen.append(e.getSQLState());
        }
    }

    private record Ended(int exit, String said) {}

    private static Ended run(List<String> command, String name) throws Exception {
        Path out = folder.resolve(name + ".out");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(out.toFile());
        builder.environment().putIfAbsent("NODE_PATH", NODE_MODULES);
        Process process = builder.start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException(
                    command + " does not end: " + Files.readString(out, StandardCharsets.UTF_8));
        }
        return new Ended(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8));
    }
}

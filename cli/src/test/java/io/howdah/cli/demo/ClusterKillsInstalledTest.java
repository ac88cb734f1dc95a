package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/// On an installed PostgreSQL 15, which has `pg_rewind`.
class ClusterKillsInstalledTest extends ClusterKills {

    private static final Path BIN = Path.of("/usr/lib/postgresql/15/bin");

    ClusterKillsInstalledTest() {
        super(BIN.toString());
    }

    @Override
    void requirePostgres() {
        assumeTrue(
                Files.isExecutable(BIN.resolve("postgres")),
                () -> "PostgreSQL 15 is not in " + BIN + ": pg_rewind is not tested");
    }

    /// Rewound; or, where the primary was killed between its promotion and its first checkpoint,
    /// copied: pg_rewind before 16 knows a timeline from the last checkpoint only, and cannot
    /// rewind such a one.
    @Override
    void assertRejoined(String log) {
        assertThat(log)
                .satisfiesAnyOf(
                        text ->
                                assertThat(text)
                                        .contains("pg_rewind: ")
                                        .doesNotContain("pg_rewind did not do"),
                        text ->
                                assertThat(text)
                                        .contains("could not find previous WAL record")
                                        .contains("Cloning: copied "));
    }
}

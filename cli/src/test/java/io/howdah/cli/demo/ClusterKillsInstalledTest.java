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

    @Override
    void assertRejoined(String log) {
        assertThat(log).contains("pg_rewind: ").doesNotContain("pg_rewind did not do");
    }
}

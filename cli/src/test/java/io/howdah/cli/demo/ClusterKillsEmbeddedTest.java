package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;

/// On the embedded PostgreSQL, which has no `pg_rewind`: an old primary is copied anew.
@Tag("long")
class ClusterKillsEmbeddedTest extends ClusterKills {

    ClusterKillsEmbeddedTest() {
        super("embedded");
    }

    @Override
    void assertRejoined(String log) {
        assertThat(log).contains("rejoin n").doesNotContain("pg_rewind");
    }
}

package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExclusionsTest {

    @Test
    void whatOnlyTheRunningServerNeedsIsLeftOut() {
        assertThat(
                        Exclusions.kept(
                                "",
                                List.of(
                                        "PG_VERSION",
                                        "base",
                                        "postmaster.pid",
                                        "standby.signal",
                                        "backup_label.old",
                                        "pgsql_tmp123",
                                        "postgresql.conf")))
                .containsExactly("PG_VERSION", "backup_label.old", "base", "postgresql.conf");
        assertThat(Exclusions.kept("global", List.of("pg_control", "pg_filenode.map", "1262")))
                .containsExactly("1262", "pg_filenode.map");
        assertThat(Exclusions.isKeptEmpty("pg_wal")).isTrue();
        assertThat(Exclusions.isKeptEmpty("pg_xact")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"base/5", "pg_tblspc/16384/PG_15_202209061/5"})
    void unloggedAndTemporaryRelationsAreLeftOutButForTheirInitialForks(String folder) {
        assertThat(
                        Exclusions.kept(
                                folder,
                                List.of(
                                        "100",
                                        "100.1",
                                        "100_fsm",
                                        "100_init",
                                        "200",
                                        "200_vm",
                                        "t3_300",
                                        "t3_300_fsm",
                                        "pg_internal.init.17",
                                        "1000")))
                .containsExactly("1000", "100_init", "200", "200_vm");
    }

    @Test
    void namesAreReadAsRelationsInTheirFoldersOnly() {
        assertThat(Exclusions.kept("pg_xact", List.of("t3_300", "0000", "100", "100_init")))
                .contains("t3_300", "100");
    }
}

package io.howdah.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@NullMarked
class ServerSettingsTest {

    private static final long GIB = 1L << 30;

    private static ServerSettings settings(long memoryBytes, int major) {
        return ServerSettings.forMachine(new Machine(memoryBytes, 4), major, _ -> true);
    }

    @ParameterizedTest
    @CsvSource({"1,256MB", "8,2048MB", "64,16384MB", "1024,16384MB"})
    void sharedBuffersAreAQuarterOfTheMemoryWithinReason(long gib, String expected) {
        assertThat(settings(gib * GIB, 18).asMap()).containsEntry("shared_buffers", expected);
    }

    @Test
    void aTinyMachineGetsWhatPostgresNeeds() {
        assertThat(settings(1, 18).asMap())
                .containsEntry("shared_buffers", "64MB")
                .containsEntry("work_mem", "4MB");
    }

    @Test
    void walIsSummarisedWhereItCanBe() {
        assertThat(settings(GIB, 16).asMap()).doesNotContainKey("summarize_wal");
        assertThat(settings(GIB, 17).asMap()).containsEntry("summarize_wal", "on");
    }

    @Test
    void onlyLibrariesThatExistArePreloaded() {
        ServerSettings none = ServerSettings.forMachine(new Machine(GIB, 2), 18, _ -> false);
        ServerSettings one =
                ServerSettings.forMachine(new Machine(GIB, 2), 18, "auto_explain"::equals);
        assertThat(none.asMap())
                .containsEntry("shared_preload_libraries", "")
                .doesNotContainKey("auto_explain.log_min_duration");
        assertThat(one.asMap()).containsEntry("shared_preload_libraries", "auto_explain");
    }

    @Test
    void whomACommitWaitsForIsNotSettledHere() {
        assertThat(settings(GIB, 18).asMap()).doesNotContainKey("synchronous_standby_names");
        assertThat(ServerSettings.forCommandLine())
                .doesNotContainKey("synchronous_standby_names")
                .containsEntry("restart_after_crash", "off");
    }

    @Test
    void theOperatorWins() {
        assertThat(settings(GIB, 18).withOperators(Map.of("Work_Mem", "99MB")).render())
                .contains("work_mem = '99MB'\n")
                .doesNotContain("Work_Mem")
                .containsOnlyOnce("\nwork_mem =");
    }

    @ParameterizedTest
    @CsvSource({
        "primary_conninfo,host=x",
        "PRIMARY_SLOT_NAME,x",
        "synchronous_standby_names,''",
        "restart_after_crash,on",
        "hot_standby,off",
        "wal_level,minimal",
        "fsync,off",
        "fsync,fals",
        "full_page_writes,0",
        "recovery_target,immediate",
        "recovery_target_lsn,0/1",
        "restore_command,true",
        "data_directory,/tmp",
        "hba_file,/tmp/x",
        "port,1",
        "listen_addresses,*",
        "unix_socket_directories,/tmp",
        "cluster_name,x",
        "wal_log_hints,off",
        "password_encryption,md5",
        "synchronous_commit,off",
        "include,/tmp/x"
    })
    void whatSafetyRestsOnIsRefusedWithTheReason(String name, String value) {
        assertThatThrownBy(() -> settings(GIB, 18).withOperators(Map.of(name, value)))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining(" is refused: ")
                .hasMessageContaining("\nHINT: ");
    }

    @ParameterizedTest
    @CsvSource({
        "wal_level,logical",
        "fsync,on",
        "full_page_writes,true",
        "max_slot_wal_keep_size,9GB"
    })
    void harmlessValuesAreTaken(String name, String value) {
        assertThat(settings(GIB, 18).withOperators(Map.of(name, value)).asMap())
                .containsEntry(name, value);
    }

    @Test
    void quotesAndBackslashesArePartOfTheValue() {
        assertThat(settings(GIB, 18).with("log_line_prefix", "a'b\\c").render())
                .contains("log_line_prefix = 'a''b\\\\c'\n");
    }

    @Test
    void noValueReachesTheNextLine() {
        for (String value : new String[] {"1\nfsync = off", "1\rfsync = off", "1\0"}) {
            assertThatThrownBy(() -> settings(GIB, 18).withOperators(Map.of("work_mem", value)))
                    .isInstanceOf(PostgresException.class)
                    .hasMessageContaining("line breaks");
        }
        assertThatThrownBy(() -> settings(GIB, 18).withOperators(Map.of("a = 1\nfsync", "off")))
                .isInstanceOf(PostgresException.class)
                .hasMessageContaining("not a setting");
    }
}

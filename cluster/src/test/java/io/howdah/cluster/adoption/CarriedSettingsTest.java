package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class CarriedSettingsTest {

    private static CarriedSettings of(FormerSetting... former) {
        return CarriedSettings.of(
                List.of(former),
                Map.of(
                        "timezone", "UTC",
                        "max_wal_senders", "20",
                        "shared_buffers", "4096MB",
                        "checkpoint_timeout", "5min"),
                new TreeMap<>(Map.of("max_connections", "300")));
    }

    private static FormerSetting chosen(String name, String value) {
        return new FormerSetting(name, value, false);
    }

    @Test
    void whatSomebodyChoseIsKept() {
        assertThat(
                        of(chosen("work_mem", "8MB"), chosen("archive_command", "cp %p /a/%f"))
                                .parameters())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("work_mem", "8MB", "archive_command", "cp %p /a/%f"));
    }

    @Test
    void valuesThatPostgresqlHasByItselfAreNot() {
        assertThat(of(new FormerSetting("shared_buffers", "128MB", true)).parameters()).isEmpty();
        assertThat(of(chosen("checkpoint_timeout", "5min")).parameters()).isEmpty();
    }

    @Test
    void whatApplicationsSeeIsKeptWhateverItIs() {
        assertThat(
                        of(new FormerSetting(
                                        "default_text_search_config", "pg_catalog.simple", true))
                                .parameters())
                .containsKey("default_text_search_config");
        assertThat(of(new FormerSetting("timezone", "UTC", true)).parameters()).isEmpty();
    }

    @Test
    void howdahYamlWins() {
        CarriedSettings carried = of(chosen("max_connections", "500"));
        assertThat(carried.parameters()).isEmpty();
        assertThat(carried.managed()).isEmpty();
    }

    @Test
    void whatHowdahManagesIsNamedAndNotKept() {
        CarriedSettings carried =
                of(
                        chosen("synchronous_standby_names", "*"),
                        chosen("restore_command", "cp /a/%f %p"),
                        chosen("recovery_target_time", "2020-01-01"),
                        chosen("synchronous_commit", "off"),
                        chosen("fsync", "off"),
                        chosen("ssl", "on"),
                        chosen("wal_sender_timeout", "5min"),
                        chosen("hba_file", "/etc/postgresql/15/main/pg_hba.conf"),
                        chosen("primary_conninfo", "password=secret"));
        assertThat(carried.parameters()).isEmpty();
        assertThat(carried.managed())
                .containsExactly(
                        "fsync",
                        "recovery_target_time",
                        "restore_command",
                        "ssl",
                        "synchronous_commit",
                        "synchronous_standby_names",
                        "wal_sender_timeout");
    }

    @Test
    void membersHaveTheSendersThatTheyNeed() {
        assertThat(of(chosen("max_wal_senders", "5")).parameters()).isEmpty();
        assertThat(of(chosen("max_wal_senders", "50")).parameters())
                .containsEntry("max_wal_senders", "50");
    }
}

package io.howdah.node.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.MetricsPage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MetricsTextTest {

    /// Every metric of Patroni 4.1.
    private static final List<String> PATRONI =
            List.of(
                    "patroni_version",
                    "patroni_postgres_running",
                    "patroni_postmaster_start_time",
                    "patroni_primary",
                    "patroni_xlog_location",
                    "patroni_standby_leader",
                    "patroni_replica",
                    "patroni_sync_standby",
                    "patroni_quorum_standby",
                    "patroni_xlog_received_location",
                    "patroni_xlog_replayed_location",
                    "patroni_xlog_replayed_timestamp",
                    "patroni_xlog_paused",
                    "patroni_postgres_streaming",
                    "patroni_postgres_in_archive_recovery",
                    "patroni_postgres_server_version",
                    "patroni_cluster_unlocked",
                    "patroni_failsafe_mode_is_active",
                    "patroni_failsafe_mode_enabled",
                    "patroni_failsafe_member",
                    "patroni_postgres_timeline",
                    "patroni_dcs_last_seen",
                    "patroni_pending_restart",
                    "patroni_is_paused",
                    "patroni_postgres_state",
                    "patroni_failover_priority");

    @ParameterizedTest
    @ValueSource(strings = {"", "application/openmetrics-text; version=1.0.0"})
    void everyMetricOfPatroniIsThereWithItsNameAndLabels(String accept) {
        Map<String, Double> values = values(new MetricsText().page(Scrapes.primary(), accept));
        for (String name : PATRONI) {
            assertThat(values).containsKey(name + "{name=\"n1\",scope=\"demo\"}");
        }
        assertThat(values.keySet().stream().filter(name -> name.startsWith("patroni_")))
                .hasSize(PATRONI.size());
    }

    @ParameterizedTest
    @CsvSource({
        "patroni_version, 100, 100, 100",
        "patroni_postgres_running, 1, 1, 0",
        "patroni_postmaster_start_time, 1600000000.5, 1600000000.5, 0",
        "patroni_primary, 1, 0, 0",
        "patroni_xlog_location, 83888656, 0, 0",
        "patroni_replica, 0, 1, 1",
        "patroni_sync_standby, 0, 1, 1",
        "patroni_quorum_standby, 0, 1, 1",
        "patroni_xlog_received_location, 0, 83888656, 83888656",
        "patroni_xlog_replayed_location, 0, 83888640, 83888640",
        "patroni_xlog_replayed_timestamp, 0, 1650000000.25, 0",
        "patroni_xlog_paused, 0, 1, 0",
        "patroni_postgres_streaming, 0, 1, 0",
        "patroni_postgres_server_version, 180006, 180006, 0",
        "patroni_cluster_unlocked, 0, 0, 0",
        "patroni_postgres_timeline, 3, 3, 0",
        "patroni_dcs_last_seen, 1700000001, 1700000001, 1700000001",
        "patroni_pending_restart, 1, 0, 0",
        "patroni_is_paused, 0, 0, 0",
        "patroni_postgres_state, 5, 5, 6",
        "patroni_failover_priority, 1, 1, 1",
    })
    void metricsOfPatroniMeanWhatTheyMeanThere(
            String name, double primary, double replica, double silent) {
        String full = name + "{name=\"n1\",scope=\"demo\"}";
        var text = new MetricsText();
        assertThat(values(text.page(Scrapes.primary(), ""))).containsEntry(full, primary);
        assertThat(values(text.page(Scrapes.replica(), ""))).containsEntry(full, replica);
        assertThat(values(text.page(Scrapes.silent(), ""))).containsEntry(full, silent);
    }

    @Test
    void leaseEpochLoopAndConsensusAreThere() {
        Map<String, Double> values =
                values(
                        new MetricsText()
                                .page(Scrapes.primary(Scrapes.change(7, "initialised", 0)), ""));
        String labels = "{cluster=\"demo\",node=\"n1\"}";
        String one = "{cluster=\"demo\",node=\"n1\",repository=\"/backups/one\"}";
        String away = "{cluster=\"demo\",node=\"n1\",repository=\"s3://away/\"}";
        String two = "{cluster=\"demo\",node=\"n1\",repository=\"s3://two/\"}";
        assertThat(values)
                .containsEntry("howdah_lease_held" + labels, 1.0)
                .containsEntry("howdah_lease_remaining_seconds" + labels, 1.25)
                .containsEntry("howdah_lease_renewals_total" + labels, 5.0)
                .containsEntry("howdah_certificate_remaining_seconds" + labels, 86_400.0)
                .containsEntry("howdah_lease_renewals_failed_total" + labels, 2.0)
                .containsEntry(
                        "howdah_lease_renewal_seconds_bucket{cluster=\"demo\",node=\"n1\",le=\"0.002\"}",
                        3.0)
                .containsEntry(
                        "howdah_lease_renewal_seconds_bucket{cluster=\"demo\",node=\"n1\",le=\"+Inf\"}",
                        5.0)
                .containsEntry("howdah_lease_renewal_seconds_sum" + labels, 3.012)
                .containsEntry("howdah_epoch" + labels, 7.0)
                .containsEntry("howdah_wal_archive_gaps" + labels, 1.0)
                .containsEntry("howdah_backup_age_seconds" + one, 11.0)
                .containsEntry("howdah_backup_missing" + one, 0.0)
                .containsEntry("howdah_backup_missing" + two, 1.0)
                .doesNotContainKey("howdah_backup_age_seconds" + two)
                .containsEntry("howdah_backup_verify_age_seconds" + one, 1000.0 + 1.234)
                .containsEntry("howdah_backup_verify_damage" + one, 2.0)
                .containsEntry("howdah_backup_verify_gaps" + one, 1.0)
                .doesNotContainKey("howdah_backup_verify_damage" + two)
                .containsEntry("howdah_backup_last_succeeded" + one, 0.0)
                .containsEntry("howdah_backup_last_succeeded" + two, 1.0)
                .containsEntry("howdah_backup_repository_silent" + two, 0.0)
                .containsEntry("howdah_backup_repository_silent" + away, 1.0)
                .containsEntry("howdah_backup_missing" + away, 0.0)
                .containsEntry("howdah_backup_running" + labels, 1.0)
                .containsEntry("howdah_backup_running_done_bytes" + labels, 4096.0)
                .containsEntry("howdah_backup_running_total_bytes" + labels, 8192.0)
                .containsEntry("howdah_wal_archive_writes_stopped" + labels, 0.0)
                .containsEntry("howdah_wal_archive_behind_bytes" + labels, 96.0)
                .containsEntry("howdah_wal_archive_behind_seconds" + labels, 0.25)
                .containsEntry("howdah_wal_archive_rpo_seconds" + labels, 0.5)
                .containsEntry("howdah_drill_passed" + labels, 1.0)
                .containsEntry("howdah_drill_age_seconds" + labels, 1000.0 + 1.234)
                .containsEntry("howdah_drill_rto_seconds" + labels, 12.5)
                .containsEntry("howdah_drill_rpo_seconds" + labels, 0.4)
                .containsEntry("howdah_agent_loop_age_seconds" + labels, 0.5)
                .containsEntry("howdah_synchronous_waiting" + labels, 4.0)
                .containsEntry("howdah_consensus_has_leader" + labels, 1.0)
                .containsEntry("howdah_consensus_is_leader" + labels, 0.0)
                .containsEntry("howdah_consensus_lag" + labels, 2.0)
                .containsEntry("process_cpu_seconds_total", 1.5)
                .containsEntry("process_resident_memory_bytes", (double) (100 << 20));
    }

    @ParameterizedTest
    @CsvSource({
        "lease of n1 expired, expired",
        "PostgreSQL of n1 crashed, crashed",
        "n1 was stopped, stopped",
        "n1 was restarted, stopped",
        "'forced to n2 by an operator, data loss allowed', forced",
        "data directory of n1 is gone, data_lost",
        "promotion of n1 failed, interrupted",
        "switchover from n1 was interrupted, interrupted",
        "something that only a later version says, other",
    })
    void failoversAreCountedByReason(String reason, String label) {
        Map<String, Double> values =
                values(
                        new MetricsText()
                                .page(
                                        Scrapes.primary(
                                                Scrapes.change(1, "initialised", 0),
                                                Scrapes.change(2, reason, 400)),
                                        ""));
        assertThat(values)
                .containsEntry(
                        "howdah_failovers_total{cluster=\"demo\",node=\"n1\",reason=\""
                                + label
                                + "\"}",
                        1.0)
                .containsEntry(
                        "howdah_outage_seconds_count{cluster=\"demo\",kind=\"failover\",node=\"n1\"}",
                        1.0)
                .containsEntry("howdah_switchovers_total{cluster=\"demo\",node=\"n1\"}", 0.0);
    }

    @Test
    void changesThatTheHistoryNoLongerKeepsStayCounted() {
        var text = new MetricsText();
        text.page(
                Scrapes.primary(
                        Scrapes.change(1, "initialised", 0),
                        Scrapes.change(2, "switchover to n2", 100)),
                "");
        Map<String, Double> values =
                values(
                        text.page(
                                Scrapes.primary(
                                        Scrapes.change(2, "switchover to n2", 100),
                                        Scrapes.change(3, "switchover to n1", 200),
                                        Scrapes.change(4, "PostgreSQL of n1 crashed", 300)),
                                ""));
        assertThat(values)
                .containsEntry("howdah_switchovers_total{cluster=\"demo\",node=\"n1\"}", 2.0)
                .containsEntry("howdah_elections_total{cluster=\"demo\",node=\"n1\"}", 1.0)
                .containsEntry(
                        "howdah_outage_seconds_sum{cluster=\"demo\",kind=\"failover\",node=\"n1\"}",
                        0.3)
                .containsEntry("howdah_last_outage_seconds{cluster=\"demo\",node=\"n1\"}", 0.3);
        assertThat(values(text.page(Scrapes.primary(), "")))
                .containsEntry("howdah_switchovers_total{cluster=\"demo\",node=\"n1\"}", 2.0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | false",
                "*/* | false",
                "text/plain | false",
                "application/openmetrics-text | true",
                "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2 | true",
                "text/plain, application/openmetrics-text;q=0 | false",
                "application/openmetrics-text;q=0.0, */* | false",
            })
    void openMetricsIsForThoseWhoAskForIt(String accept, boolean openMetrics) {
        MetricsPage page = new MetricsText().page(Scrapes.replica(), accept);
        assertThat(page.contentType())
                .startsWith(openMetrics ? "application/openmetrics-text" : "text/plain");
        assertThat(page.text().endsWith("# EOF\n")).isEqualTo(openMetrics);
    }

    /// Prometheus' own check, where it is installed (Debian's package `prometheus`).
    @Test
    void prometheusFindsNothingToCriticise() throws Exception {
        String page =
                new MetricsText()
                        .page(Scrapes.primary(Scrapes.change(2, "n1 was stopped", 400)), "")
                        .text();
        Process promtool;
        try {
            promtool =
                    new ProcessBuilder("promtool", "check", "metrics")
                            .redirectErrorStream(true)
                            .start();
        } catch (IOException e) {
            Assumptions.abort("promtool is not installed (Debian's package prometheus)");
            return;
        }
        try (var in = promtool.getOutputStream()) {
            in.write(page.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(promtool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(promtool.waitFor(30, TimeUnit.SECONDS)).isTrue();
        List<String> ours = new ArrayList<>();
        for (String line : said.lines().toList()) {
            // Patroni's names are as they are
            if (!line.toLowerCase(Locale.ROOT).startsWith("patroni_")) {
                ours.add(line);
            }
        }
        assertThat(ours).isEmpty();
    }

    /// Samples by name with labels in the order of the alphabet.
    private static Map<String, Double> values(MetricsPage page) {
        Map<String, Double> values = new TreeMap<>();
        for (String line : page.text().lines().toList()) {
            if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                values.put(sorted(line.substring(0, space)), Double.valueOf(line.substring(space)));
            }
        }
        return values;
    }

    private static String sorted(String name) {
        int brace = name.indexOf('{');
        if (brace < 0) {
            return name;
        }
        String[] labels = name.substring(brace + 1, name.length() - 1).split(",");
        // `le` comes last, as it is written
        java.util.Arrays.sort(
                labels,
                java.util.Comparator.comparing((String label) -> label.startsWith("le="))
                        .thenComparing(label -> label));
        return name.substring(0, brace + 1) + String.join(",", labels) + "}";
    }
}

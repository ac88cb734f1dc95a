package io.howdah.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.chaos.check.Violation;
import io.howdah.node.api.ApiJson;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportTextTest {

    private static final Instant AT = Instant.parse("2026-11-21T20:00:00Z");

    private static FaultRecord fault(int number, FaultKind kind, String result, long outageMillis) {
        return new FaultRecord(
                number,
                kind.word(),
                "n1",
                "primary",
                null,
                AT,
                1_500L * number,
                kind.lasts() ? 2_200L : null,
                result,
                outageMillis,
                "n2",
                4_000L);
    }

    private static ChaosReport report(Violation... violations) {
        List<FaultRecord> faults =
                List.of(
                        fault(1, FaultKind.KILL_POSTGRES, FaultRecord.DONE, 400),
                        fault(2, FaultKind.FREEZE_HOST, FaultRecord.DONE, 2_600),
                        fault(3, FaultKind.RESTART, "n1 is | not in order", 9_999));
        return new ChaosReport(
                violations.length == 0 ? ChaosReport.KEPT : ChaosReport.BROKEN,
                7,
                "0.1.0",
                "18.6",
                3,
                2,
                List.of("0.50", "1.75"),
                AT,
                61,
                false,
                Arrays.stream(FaultKind.values()).map(FaultKind::word).toList(),
                FaultKind.leftOut(false),
                faults,
                ChaosReport.Outages.of(faults),
                List.of(new ChaosReport.Workload("set", 2, 1_000, 3, 4, 5)),
                Map.of("closed socket", 6),
                Map.of("stale, on a former primary", 1),
                List.of(violations),
                "dropped");
    }

    @Test
    void outagesAreOfFaultsThatWereDone() {
        assertThat(report().outages()).isEqualTo(new ChaosReport.Outages(2, 400, 2_600, 2_600));
        assertThat(ChaosReport.Outages.of(List.of()))
                .isEqualTo(new ChaosReport.Outages(0, 0, 0, 0));
    }

    @Test
    void everyFaultStandsInTheReportWithTimeTargetAndOutage() {
        assertThat(ReportText.markdown(report()))
                .contains("# Chaos run, seed 7: every promise was kept")
                .contains("load average 0.50 to 1.75")
                .contains(
                        "| 2 | 2026-11-21T20:00:00Z | 3.0 | SIGSTOP of all processes of the node on n1 (primary) for 2.2 s | 2600 | n2 | 4.0 |")
                .contains("restart of PostgreSQL on n1 (primary): n1 is \\| not in order")
                .contains("| set | 2 | 1000 | 3 | 4 | 5 |")
                .contains("Not possible on this demo: network cuts");
    }

    @Test
    void brokenPromiseIsNamedWithAHint() {
        ChaosReport broken = report(new Violation("set", "lost", 1, "1 acknowledged rows: 17"));

        assertThat(ReportText.summary(broken))
                .contains("VIOLATION: set, lost: 1 acknowledged rows: 17")
                .anyMatch(line -> line.startsWith("HINT: ") && line.contains("--seed 7"));
        assertThat(ReportText.markdown(broken))
                .contains("PROMISES WERE BROKEN")
                .contains("- set, lost");
    }

    @Test
    void reportIsJsonThatCanBeRead() {
        assertThat(ApiJson.read(ApiJson.write(report()), ChaosReport.class)).isEqualTo(report());
    }
}

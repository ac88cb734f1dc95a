package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/// A report as people read it.
final class ReportText {

    /// Where a fault hit no single node.
    private static final String ALL = "all";

    private ReportText() {}

    /// The few lines for the end of a command.
    static List<String> summary(ChaosReport report) {
        var lines = new ArrayList<String>();
        lines.add(
                "seed %d, %d s%s, %d faults: %s"
                        .formatted(
                                report.seed(),
                                report.seconds(),
                                report.interrupted() ? " (interrupted)" : "",
                                done(report),
                                report.isKept()
                                        ? "every promise was kept"
                                        : report.violations().size() + " promises were broken"));
        for (ChaosReport.Workload workload : report.workloads()) {
            lines.add(
                    "  %-5s %,d acknowledged, %,d with a cancelled wait, %,d unknown, %,d refused"
                            .formatted(
                                    workload.name(),
                                    workload.acknowledged(),
                                    workload.localOnly(),
                                    workload.unknown(),
                                    workload.refused()));
        }
        lines.add("  outages as clients saw them: " + outages(report.outages()));
        for (Violation violation : report.violations()) {
            lines.add("VIOLATION: " + violation(violation));
        }
        if (!report.isKept()) {
            lines.add(
                    "HINT: the same faults again: --seed "
                            + report.seed()
                            + "; tables: "
                            + report.tables());
        }
        return lines;
    }

    /// The whole report in Markdown.
    static String markdown(ChaosReport report) {
        var text = new StringBuilder();
        text.append(
                "# Chaos run, seed %d: %s\n\n"
                        .formatted(
                                report.seed(),
                                report.isKept()
                                        ? "every promise was kept"
                                        : "PROMISES WERE BROKEN"));
        text.append(
                "Howdah %s, %d nodes, PostgreSQL %s; %d cores for all, load average %s; began %s, %d s%s. %s.\n\n"
                        .formatted(
                                report.howdah(),
                                report.nodes(),
                                report.postgres(),
                                report.cores(),
                                String.join(" to ", report.loadAverages()),
                                report.began(),
                                report.seconds(),
                                report.interrupted() ? ", interrupted" : "",
                                "Tables: " + report.tables()));
        text.append("## Violations\n\n");
        if (report.violations().isEmpty()) {
            text.append("None.\n");
        }
        report.violations().forEach(each -> text.append("- ").append(violation(each)).append('\n'));
        text.append("\n## Workloads\n\n");
        text.append("| workload | clients | acknowledged | wait cancelled | unknown | refused |\n");
        text.append("|---|---:|---:|---:|---:|---:|\n");
        for (ChaosReport.Workload workload : report.workloads()) {
            text.append(
                    "| %s | %d | %d | %d | %d | %d |\n"
                            .formatted(
                                    workload.name(),
                                    workload.clients(),
                                    workload.acknowledged(),
                                    workload.localOnly(),
                                    workload.unknown(),
                                    workload.refused()));
        }
        text.append("\nClients were disturbed on purpose: ").append(counts(report.disturbances()));
        text.append(". Readings meanwhile: ").append(counts(report.readings())).append(".\n");
        text.append("\n## Outages\n\nAs clients saw them: ")
                .append(outages(report.outages()))
                .append(
                        ".\n\n| kind | done | median ms | p95 ms | longest ms |\n|---|---:|---:|---:|---:|\n");
        kinds(report, text);
        faults(report, text);
        if (!report.leftOut().isEmpty()) {
            text.append("\nNot possible on this demo: ")
                    .append(String.join("; ", report.leftOut()))
                    .append(".\n");
        }
        return text.toString();
    }

    private static void kinds(ChaosReport report, StringBuilder text) {
        for (String kind : report.kinds()) {
            for (String role : List.of("primary", "replica", "witness", ALL)) {
                ChaosReport.Outages outages =
                        ChaosReport.Outages.of(
                                report.faults().stream()
                                        .filter(fault -> fault.kind().equals(kind))
                                        .filter(fault ->
                                                role.equals(
                                                        Objects.requireNonNullElse(
                                                                fault.role(), ALL)))
                                        .toList());
                if (outages.count() > 0) {
                    text.append(
                            "| %s, %s | %d | %d | %d | %d |\n"
                                    .formatted(
                                            kind,
                                            role,
                                            outages.count(),
                                            outages.medianMillis(),
                                            outages.p95Millis(),
                                            outages.maximumMillis()));
                }
            }
        }
    }

    private static void faults(ChaosReport report, StringBuilder text) {
        text.append(
                "\n## Faults\n\n| # | at | after s | fault | outage ms | then leads | well after s |\n");
        text.append("|---:|---|---:|---|---:|---|---:|\n");
        for (FaultRecord fault : report.faults()) {
            Long whole = fault.wholeAfterMillis();
            text.append(
                    "| %d | %s | %.1f | %s | %s | %s | %s |\n"
                            .formatted(
                                    fault.number(),
                                    fault.at(),
                                    fault.sinceStartMillis() / 1000.0,
                                    fault.describe().replace("|", "\\|"),
                                    Objects.requireNonNullElse(fault.outageMillis(), 0L),
                                    Objects.requireNonNullElse(fault.leader(), ""),
                                    whole == null ? "" : "%.1f".formatted(whole / 1000.0)));
        }
    }

    private static long done(ChaosReport report) {
        return report.faults().stream()
                .filter(fault -> fault.result().equals(FaultRecord.DONE))
                .count();
    }

    private static String outages(ChaosReport.Outages outages) {
        return "median %.2f s, p95 %.2f s, longest %.2f s"
                .formatted(
                        outages.medianMillis() / 1000.0,
                        outages.p95Millis() / 1000.0,
                        outages.maximumMillis() / 1000.0);
    }

    private static String violation(Violation violation) {
        return violation.workload() + ", " + violation.kind() + ": " + violation.detail();
    }

    private static String counts(Map<String, Integer> counts) {
        return counts.isEmpty()
                ? "never"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }
}

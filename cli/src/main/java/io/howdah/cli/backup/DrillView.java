package io.howdah.cli.backup;

import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillStep;
import io.howdah.cli.screen.Quantity;
import io.howdah.cli.screen.Style;
import io.howdah.node.api.DrillStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// What is said of drills. Pure.
public final class DrillView {

    private DrillView() {}

    /// What a status says of a report.
    public static DrillStatus status(DrillReport report) {
        return new DrillStatus(
                report.id(),
                report.endTime(),
                report.passed(),
                report.rtoMillis(),
                report.rpoMillis());
    }

    /// A drill that was done.
    ///
    /// @param repository where its report lies
    public static List<String> lines(DrillReport report, String repository, boolean colours) {
        var lines = new ArrayList<String>();
        for (DrillStep step : report.steps()) {
            Style style =
                    switch (step.outcome()) {
                        case PASSED -> Style.GREEN;
                        case FAILED -> Style.RED;
                        case SKIPPED -> Style.YELLOW;
                    };
            lines.add(
                    style.paint(
                                    "%-8s"
                                            .formatted(
                                                    step.outcome().name().toLowerCase(Locale.ROOT)),
                                    colours)
                            + step.what()
                            + ", "
                            + Quantity.millis(step.millis()));
            step.findings().stream()
                    .flatMap(String::lines)
                    .forEach(each -> lines.add("          " + each));
        }
        lines.add("");
        lines.add(figures(report));
        lines.add(
                "the report, with every command: "
                        + DrillReports.place(report)
                        + ".md in "
                        + repository);
        return lines;
    }

    private static String figures(DrillReport report) {
        Long rto = report.rtoMillis();
        Long rpo = report.rpoMillis();
        return "drill "
                + (report.passed() ? "passed" : "FAILED")
                + ": RTO "
                + (rto == null
                        ? "not reached"
                        : Quantity.millis(rto) + " from the start to the first query")
                + ", RPO "
                + (rpo == null
                        ? "not measured"
                        : Quantity.millis(rpo)
                                + " from the newest restored commit to the newest acknowledged one");
    }
}

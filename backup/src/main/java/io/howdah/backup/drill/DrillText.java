package io.howdah.backup.drill;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// A drill's report as Markdown: what was found, and how to do it by hand. Pure.
final class DrillText {

    private DrillText() {}

    static String markdown(DrillReport report) {
        var text = new StringBuilder();
        text.append("# Drill ")
                .append(report.id())
                .append(report.passed() ? ": passed\n\n" : ": FAILED\n\n")
                .append(restored(report))
                .append(report.startTime())
                .append(".\n\n| | achieved | goal |\n|---|---|---|\n");
        figure(
                text,
                "RTO, from the start to the first query",
                report.rtoMillis(),
                report.rtoGoalMillis());
        figure(
                text,
                "RPO, from the newest restored commit to the newest acknowledged one",
                report.rpoMillis(),
                report.rpoGoalMillis());
        text.append("\nTo do it by hand, type what stands below each step.\n");
        int number = 0;
        for (DrillStep step : report.steps()) {
            number++;
            text.append("\n## ")
                    .append(number)
                    .append(". ")
                    .append(line(step.what()))
                    .append("\n\n")
                    .append(step.outcome().name().toLowerCase(Locale.ROOT))
                    .append(", ")
                    .append(step.millis())
                    .append(" ms\n");
            step.findings().forEach(each -> text.append("\n- ").append(line(each)));
            if (!step.findings().isEmpty()) {
                text.append('\n');
            }
            if (!step.byHand().isEmpty()) {
                text.append("\n    ").append(line(step.byHand())).append('\n');
            }
        }
        return text.toString();
    }

    private static String restored(DrillReport report) {
        return report.backup() == null
                ? "No backup could be restored on "
                : "The backup "
                        + report.backup()
                        + " of PostgreSQL "
                        + report.postgresVersion()
                        + ", restored on ";
    }

    private static void figure(
            StringBuilder text, String what, @Nullable Long millis, @Nullable Long goal) {
        text.append("| ")
                .append(what)
                .append(" | ")
                .append(millis == null ? "not measured" : millis + " ms")
                .append(" | ")
                .append(goal == null ? "none" : goal + " ms")
                .append(" |\n");
    }

    private static String line(String text) {
        return text.replaceAll("\\R", " ");
    }
}

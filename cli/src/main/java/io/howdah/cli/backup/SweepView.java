package io.howdah.cli.backup;

import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.sweep.SweepPlan;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.cli.screen.Quantity;
import io.howdah.cli.screen.Style;
import io.howdah.cli.screen.Table;
import io.howdah.cli.screen.Table.Cell;
import io.howdah.cli.screen.Table.Column;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/// What is said of removing backups. Pure.
public final class SweepView {

    private SweepView() {}

    /// What would go, and what stays and why.
    public static List<String> plan(SweepPlan plan, ZoneId zone) {
        var lines = new ArrayList<String>(backups(plan, zone));
        lines.add(
                plan.isEmpty()
                        ? "nothing would go"
                        : "with them %s would go; packs: %d (%s), pieces of WAL: %d (%s)"
                                .formatted(
                                        Quantity.bytes(plan.packBytes() + plan.walBytes()),
                                        plan.packs().size(),
                                        Quantity.bytes(plan.packBytes()),
                                        plan.walObjects(),
                                        Quantity.bytes(plan.walBytes())));
        return lines;
    }

    /// What is gone, and what stays and why.
    public static List<String> result(SweepResult result, ZoneId zone) {
        var lines = new ArrayList<String>(backups(result.plan(), zone));
        lines.add(
                "gone are, of backups: %d, of packs: %d, of pieces of WAL: %d"
                        .formatted(result.backups(), result.packs(), result.walObjects()));
        if (!result.waitsFor().isEmpty()) {
            lines.add(
                    "the rest waits for what is under way: backup "
                            + String.join(
                                    ", ",
                                    result.waitsFor().stream().map(Object::toString).toList()));
            lines.add("HINT: run it again when that has ended");
        }
        return lines;
    }

    private static List<String> backups(SweepPlan plan, ZoneId zone) {
        if (plan.backups().isEmpty()) {
            return List.of("no backup yet: `howdah backup` takes one");
        }
        var table =
                new Table(
                        List.of(
                                Column.words("BACKUP"),
                                Column.words("RESTORES TO"),
                                Column.words(""),
                                Column.words("WHY")));
        for (KeepPolicy.Verdict each : plan.backups()) {
            table.add(
                    List.of(
                            new Cell(each.backup().id().text(), Style.BOLD),
                            Cell.of(BackupView.time(each.backup().ended(), zone)),
                            Cell.of(each.isKept() ? "stays" : "goes"),
                            Cell.of(String.join("; ", each.reasons()))));
        }
        var lines = new ArrayList<String>(table.lines(false));
        plan.interrupted()
                .forEach(id -> lines.add(id + " was interrupted, and goes with all it has left"));
        return lines;
    }
}

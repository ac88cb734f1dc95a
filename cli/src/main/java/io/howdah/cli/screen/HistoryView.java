package io.howdah.cli.screen;

import io.howdah.cli.screen.Table.Cell;
import io.howdah.cli.screen.Table.Column;
import io.howdah.node.api.ForcedFailoverRow;
import io.howdah.node.api.HistoryRow;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// Every change of primary as a table, the oldest first. Pure.
public final class HistoryView {

    private HistoryView() {}

    /// The lines to show, with times in that zone.
    public static List<String> lines(List<HistoryRow> history, ZoneId zone, boolean colours) {
        if (history.isEmpty()) {
            return List.of("nothing yet: the cluster has not had a primary");
        }
        var time =
                DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
        var table =
                new Table(
                        List.of(
                                Column.words("AT"),
                                Column.numbers("EPOCH"),
                                Column.numbers("TL"),
                                Column.words("PRIMARY"),
                                Column.words("REASON"),
                                Column.numbers("SWITCH LSN"),
                                Column.numbers("OUTAGE")));
        for (HistoryRow row : history) {
            Long outageMillis = row.outageMillis();
            table.add(
                    List.of(
                            Cell.of(time.format(row.at())),
                            Cell.of(Long.toString(row.epoch())),
                            Cell.of(row.timeline().toString()),
                            new Cell(row.leader(), Style.BOLD),
                            Cell.of(row.reason()),
                            Cell.of(Objects.toString(row.switchLsn(), "")),
                            Cell.of(outageMillis == null ? "" : Quantity.millis(outageMillis))));
        }
        List<String> lines = new ArrayList<>(table.lines(colours));
        for (HistoryRow row : history) {
            for (ForcedFailoverRow forced : row.forced()) {
                lines.add("");
                lines.addAll(lines(forced, time, colours));
            }
        }
        return lines;
    }

    /// What a forced failover may have cost, as far as it is known.
    private static List<String> lines(
            ForcedFailoverRow forced, DateTimeFormatter time, boolean colours) {
        Long bytes = forced.lostBytes();
        String lost =
                forced.lostTo() == null || bytes == null
                        ? "nothing past " + forced.lostFrom() + " is known to have existed"
                        : forced.lostFrom()
                                + " to "
                                + forced.lostTo()
                                + " ("
                                + Quantity.bytes(bytes)
                                + ") is known to be left behind";
        return List.of(
                Style.YELLOW.paint(
                        "epoch "
                                + forced.epoch()
                                + ": "
                                + forced.by()
                                + " forced "
                                + forced.to()
                                + " at "
                                + time.format(forced.at())
                                + ", data loss allowed",
                        colours),
                "  votes missing: "
                        + (forced.missingVotes().isEmpty()
                                ? "none"
                                : String.join(", ", forced.missingVotes())),
                "  WAL: " + lost + "; what was written after the last renewal comes on top");
    }
}

package io.howdah.cli.screen;

import io.howdah.cli.screen.Table.Cell;
import io.howdah.cli.screen.Table.Column;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.DrillStatus;
import io.howdah.node.api.MemberRole;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.api.MemberTags;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A cluster's status as a header, a table and what is wrong. Pure.
public final class StatusView {

    private static final List<Column> COLUMNS =
            List.of(
                    Column.words("NAME"),
                    Column.words("ROLE"),
                    Column.words("STATE"),
                    Column.words("SYNC"),
                    Column.numbers("TL"),
                    Column.numbers("LSN"),
                    Column.numbers("LAG"),
                    Column.words("POSTGRES"),
                    Column.words("PROXY"),
                    Column.words("API"),
                    Column.numbers("AGENT"),
                    Column.numbers("PG PID"),
                    Column.words("VERSION"));

    private StatusView() {}

    /// The lines to show.
    ///
    /// @param colours whether to paint
    /// @param unicode whether marks other than ASCII may be used
    public static List<String> lines(ClusterStatus status, boolean colours, boolean unicode) {
        var lines = new ArrayList<String>();
        lines.add(header(status, colours, unicode));
        lines.add("");
        boolean tagged = status.members().stream().anyMatch(member -> !tags(member).isEmpty());
        var columns = new ArrayList<>(COLUMNS);
        if (tagged) {
            columns.add(Column.words("TAGS"));
        }
        var table = new Table(columns);
        status.members().forEach(member -> table.add(row(member, unicode, tagged)));
        lines.addAll(table.lines(colours));
        List<String> remarks = remarks(status, colours);
        if (!remarks.isEmpty()) {
            lines.add("");
            lines.addAll(remarks);
        }
        return lines;
    }

    private static String header(ClusterStatus status, boolean colours, boolean unicode) {
        String leader = status.leader();
        long running =
                status.members().stream().filter(m -> m.state() == MemberState.RUNNING).count();
        boolean all = running == status.members().size();
        var parts = new ArrayList<String>();
        parts.add(Style.BOLD.paint(status.cluster(), colours));
        parts.add("epoch " + status.epoch());
        parts.add(
                leader == null
                        ? Style.RED.paint("no leader", colours)
                        : "leader " + Style.BOLD.paint(leader, colours));
        parts.add(
                (all ? Style.GREEN : Style.YELLOW)
                        .paint(running + " of " + status.members().size() + " running", colours));
        if (status.paused()) {
            parts.add(Style.YELLOW.paint("paused: no automatic failover", colours));
        }
        return "cluster " + String.join(unicode ? " \u00b7 " : ", ", parts);
    }

    private static String tags(MemberStatus member) {
        MemberTags tags = member.tags();
        return tags == null ? "" : tags.text();
    }

    private static List<Cell> row(MemberStatus member, boolean unicode, boolean tagged) {
        boolean primary = member.role() == MemberRole.PRIMARY;
        var cells = new ArrayList<>(cells(member, unicode, primary));
        if (tagged) {
            cells.add(Cell.of(tags(member)));
        }
        return cells;
    }

    private static List<Cell> cells(MemberStatus member, boolean unicode, boolean primary) {
        return List.of(
                new Cell(member.name(), Style.BOLD),
                new Cell(member.role().text(), primary ? Style.BOLD : Style.PLAIN),
                new Cell(state(member, unicode), style(member.state())),
                new Cell(member.sync() ? (unicode ? "\u2713 sync" : "sync") : "", Style.GREEN),
                Cell.of(text(member.timeline())),
                Cell.of(text(member.lsn())),
                lag(member, primary),
                Cell.of(text(member.postgres())),
                Cell.of(text(member.proxy())),
                Cell.of(withoutScheme(member.api())),
                Cell.of(text(member.agentPid())),
                Cell.of(text(member.postgresPid())),
                new Cell(text(member.postgresVersion()), Style.DIM));
    }

    private static String state(MemberStatus member, boolean unicode) {
        return (unicode ? "\u25cf " : "")
                + member.state().text()
                + (member.pendingRestart() ? ", restart pending" : "");
    }

    private static Cell lag(MemberStatus member, boolean primary) {
        Long bytes = member.lagBytes();
        if (primary || bytes == null) {
            return Cell.of("");
        }
        return new Cell(
                Quantity.bytes(bytes), bytes > 16 * 1024 * 1024 ? Style.YELLOW : Style.PLAIN);
    }

    private static Style style(MemberState state) {
        return switch (state) {
            case RUNNING -> Style.GREEN;
            case STARTING,
                    PROMOTING,
                    INITIALIZING,
                    COPYING,
                    REWINDING,
                    WAITING,
                    STOPPING,
                    UNKNOWN ->
                    Style.YELLOW;
            case STOPPED, CRASHED, FENCED, UNREACHABLE -> Style.RED;
        };
    }

    private static List<String> remarks(ClusterStatus status, boolean colours) {
        var remarks = new ArrayList<String>();
        OperationsRemarks.of(status, ZoneId.systemDefault())
                .forEach(remark -> remarks.add(Style.YELLOW.paint(remark, colours)));
        DrillStatus drill = status.drill();
        if (drill != null) {
            Style style = drill.passed() ? Style.PLAIN : Style.YELLOW;
            remarks.add(style.paint(DrillRemark.of(drill, ZoneId.systemDefault()), colours));
        }
        BackupRemarks.of(status, ZoneId.systemDefault(), colours).forEach(remarks::add);
        for (MemberStatus member : status.members()) {
            String note = member.note();
            if (note != null) {
                remarks.add(member.name() + ": " + note);
            }
            OperationsRemarks.of(member)
                    .forEach(remark -> remarks.add(Style.YELLOW.paint(remark, colours)));
        }
        String hint = status.hint();
        if (hint != null) {
            hint.lines().forEach(line -> remarks.add(Style.YELLOW.paint(line, colours)));
        }
        if (status.members().stream()
                .anyMatch(member -> "embedded".equals(member.postgresBuild()))) {
            remarks.add(
                    "this is the embedded PostgreSQL, for demos and tests only: its OpenSSL is past its end of life");
        }
        return remarks;
    }

    private static String withoutScheme(String url) {
        return url.replaceFirst("^http://", "").replaceFirst("/$", "");
    }

    private static String text(@Nullable Object value) {
        return Objects.toString(value, "");
    }
}

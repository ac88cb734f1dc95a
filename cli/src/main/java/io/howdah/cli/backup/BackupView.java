package io.howdah.cli.backup;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.BackupState;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.restore.DamagedPart;
import io.howdah.backup.restore.Recovered;
import io.howdah.backup.restore.RestoreWindow;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.TablesRequest;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.cli.screen.Quantity;
import io.howdah.cli.screen.Style;
import io.howdah.cli.screen.Table;
import io.howdah.cli.screen.Table.Cell;
import io.howdah.cli.screen.Table.Column;
import io.howdah.postgres.wire.ServerAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is said of backups. Pure.
public final class BackupView {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ssxxx", Locale.ROOT);

    private BackupView() {}

    /// All backups as a table, the oldest first.
    public static List<String> list(List<ListedBackup> backups, ZoneId zone, boolean colours) {
        if (backups.isEmpty()) {
            return List.of("no backup yet: `howdah backup` takes one");
        }
        var table =
                new Table(
                        List.of(
                                Column.words("BACKUP"),
                                Column.words("RESTORES TO"),
                                Column.words("FROM"),
                                Column.numbers("SIZE"),
                                Column.numbers("ADDED"),
                                Column.numbers("TL"),
                                Column.numbers("START LSN"),
                                Column.numbers("STOP LSN"),
                                Column.words("REMARKS")));
        for (ListedBackup listed : backups) {
            BackupRecord each = listed.backup();
            table.add(
                    List.of(
                            new Cell(each.id(), Style.BOLD),
                            Cell.of(from(each.stopTime(), zone)),
                            Cell.of(each.standby() ? "standby" : "primary"),
                            Cell.of(Quantity.bytes(each.manifest().bytes())),
                            Cell.of(Quantity.bytes(each.storedBytes())),
                            Cell.of(each.timeline().toString()),
                            Cell.of(each.startLsn().toString()),
                            Cell.of(each.stopLsn().toString()),
                            Cell.of(remarks(listed, zone))));
        }
        return table.lines(colours);
    }

    /// What can be restored; null: nothing that the newest timeline leads to.
    public static List<String> window(@Nullable RestoreWindow window, ZoneId zone) {
        if (window == null) {
            return List.of(
                    "WAL that is needed is missing: no backup leads to the newest timeline",
                    "HINT: `howdah backup verify` says what is missing; take a backup");
        }
        var lines = new ArrayList<String>();
        lines.add(moments(window, zone));
        window.gap()
                .ifPresent(gap -> {
                    lines.add("nothing that is newer: there is no WAL from " + gap);
                    lines.add("HINT: take a backup");
                });
        return lines;
    }

    private static String moments(RestoreWindow window, ZoneId zone) {
        BackupRecord from = window.from();
        if (from.stopLsn().isAtLeast(window.reach())) {
            return "there is no WAL after "
                    + from.id()
                    + ": only the end of a backup can be restored, nothing later";
        }
        String end =
                window.newestCommit()
                        .filter(time -> time.isAfter(from.stopTime()))
                        .map(time ->
                                time(time, zone) + ", when the last archived transaction ended")
                        .orElse("the end of the archived WAL");
        return "every moment from "
                + from(from.stopTime(), zone)
                + " to "
                + end
                + ", can be restored: "
                + from.stopLsn()
                + " to "
                + window.reach()
                + " on timeline "
                + window.timeline();
    }

    /// The backups that are missing in a list, as their records are damaged.
    public static List<String> damagedRecords(List<BackupState.Damaged> damaged) {
        return damaged.stream()
                .flatMap(each -> String.valueOf(each.refusal().getMessage()).lines())
                .toList();
    }

    private static String remarks(ListedBackup listed, ZoneId zone) {
        BackupRecord backup = listed.backup();
        Instant until = listed.keptUntil();
        long damaged = backup.damagedPages().count();
        long links = backup.links().count();
        return Stream.of(
                        !listed.kept()
                                ? ""
                                : until == null ? "kept" : "kept until " + time(until, zone),
                        damaged == 0 ? "" : damaged + " damaged pages",
                        links == 0 ? "" : links + " links left out")
                .filter(each -> !each.isEmpty())
                .collect(Collectors.joining(", "));
    }

    /// A backup that stays whatever the rules say.
    public static List<String> kept(BackupId backup, Optional<Instant> until, ZoneId zone) {
        return List.of(
                "the backup "
                        + backup
                        + " is kept "
                        + until.map(end -> "until " + time(end, zone))
                                .orElse("until `howdah backup release " + backup + "`")
                        + ", with the WAL up to its end");
    }

    /// A backup that was taken.
    public static List<String> taken(
            BackupRecord backup, String server, String repository, long millis, ZoneId zone) {
        var lines = new ArrayList<String>();
        lines.add(
                "backup "
                        + backup.id()
                        + " of "
                        + server
                        + ": "
                        + Quantity.bytes(backup.manifest().bytes())
                        + " in "
                        + Quantity.millis(millis)
                        + ", "
                        + Quantity.bytes(backup.storedBytes())
                        + " added to "
                        + repository);
        lines.add("it restores to " + from(backup.stopTime(), zone) + " and later");
        return lines;
    }

    /// What is wrong with a backup's pages.
    public static List<String> damagedPages(BackupRecord backup) {
        long count = backup.damagedPages().count();
        if (count == 0) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add(
                count
                        + " pages were damaged on the server when they were read; they are in the"
                        + " backup as they were");
        backup.damagedPages().first().forEach(each -> lines.add("  " + each));
        lines.add("HINT: keep an earlier backup; look at these relations with amcheck");
        return lines;
    }

    /// What of the data directory is not in a backup.
    public static List<String> leftOutLinks(BackupRecord backup) {
        LeftOutLinks links = backup.links();
        if (links.count() == 0) {
            return List.of();
        }
        return List.of(
                links.count()
                        + " links in the data directory are not in the backup, nor what they lead"
                        + " to: "
                        + String.join(", ", links.first())
                        + (links.count() > links.first().size() ? ", …" : ""),
                "HINT: keep what they lead to by other means");
    }

    /// What a look at a whole repository has found.
    public static List<String> verified(VerifyResult result, long millis) {
        var lines = new ArrayList<String>();
        lines.add(
                result.backups()
                        + (result.backups() == 1 ? " backup, " : " backups, ")
                        + result.chunks()
                        + " chunks, "
                        + Quantity.bytes(result.bytes())
                        + " read in "
                        + Quantity.millis(millis)
                        + (result.isComplete() ? ": all is as it must be" : ""));
        result.damage().forEach(each -> lines.add(each.toString()));
        result.gaps().forEach(each -> lines.add("there is no WAL from " + each));
        if (!result.gaps().isEmpty()) {
            lines.add(
                    "HINT: moments in a gap cannot be restored; it goes with the backups before it");
        }
        if (result.damageCount() > result.damage().size()) {
            lines.add("and " + (result.damageCount() - result.damage().size()) + " more");
        }
        if (!result.affected().isEmpty()) {
            lines.add(
                    "HINT: take a backup, which stores anew what is damaged (`howdah backup --anew`"
                            + " stores everything anew); these stay as they are, and may not be"
                            + " restored whole any more: "
                            + String.join(", ", result.affected()));
        }
        return lines;
    }

    /// What was restored.
    public static List<String> restored(
            Restored restored, Path directory, long millis, ZoneId zone) {
        var lines = new ArrayList<String>();
        lines.add(
                "backup "
                        + restored.backup().id()
                        + " is restored in "
                        + directory
                        + " in "
                        + Quantity.millis(millis)
                        + (restored.kept() == 0
                                ? ""
                                : "; " + Quantity.bytes(restored.kept()) + " were right already"));
        restored.recovered().ifPresent(recovered -> lines.add(recovered(recovered, zone)));
        if (restored.recovered().isEmpty()) {
            lines.add("its first start replays the WAL");
        }
        restored.address().ifPresent(address -> lines.add("it runs: " + psql(address)));
        return lines;
    }

    /// What could not be restored.
    public static List<String> lost(Restored restored) {
        List<DamagedPart> parts = restored.damaged();
        if (parts.isEmpty()) {
            return List.of();
        }
        var lines = new ArrayList<String>();
        lines.add(
                parts.size()
                        + (parts.size() == 1 ? " stretch" : " stretches")
                        + " of files could not be read from the repository, and "
                        + (parts.size() == 1 ? "is" : "are")
                        + " zeros: "
                        + DamagedPart.FILE
                        + " in that directory names all of them");
        lines.add(
                "HINT: data are lost there, and PostgreSQL takes a page of zeros for an empty one:"
                        + " use this copy only to rescue what is left, and look at it with"
                        + " pg_amcheck --heapallindexed");
        if (restored.recovered().isEmpty()) {
            lines.add(
                    "HINT: its first start passes over WAL that changes them, by"
                            + " ignore_invalid_pages in postgresql.auto.conf: when it has started,"
                            + " run ALTER SYSTEM RESET ignore_invalid_pages, and restart it, as"
                            + " later recoveries would pass over other losses");
        }
        return lines;
    }

    /// What was restored is the cluster's.
    public static List<String> withWhatIsNext(List<String> restored, String node) {
        var lines = new ArrayList<>(restored);
        lines.add(
                "start howdah on "
                        + node
                        + ": it becomes the primary; then on the others, whose data directories"
                        + " must be empty: they are made of it");
        lines.add(
                "then run `howdah backup take-over` on one of them: until then nothing is archived,"
                        + " as the repository is the former cluster's");
        return lines;
    }

    /// Tables that were brought back.
    public static List<String> tables(Restored from, TablesRequest request, long millis) {
        return List.of(
                String.join(", ", request.tables())
                        + " of "
                        + request.database()
                        + (request.tables().size() == 1 ? " is" : " are")
                        + " back, from the backup "
                        + from.backup().id()
                        + " with WAL to "
                        + request.target().description()
                        + ", in "
                        + Quantity.millis(millis));
    }

    private static String recovered(Recovered recovered, ZoneId zone) {
        return "WAL is replayed to "
                + recovered.reached()
                + recovered
                        .lastCommit()
                        .map(time -> ", the last commit of " + time(time, zone))
                        .orElse("")
                + "; it is on timeline "
                + recovered.timeline();
    }

    private static String psql(ServerAddress address) {
        return switch (address) {
            case ServerAddress.UnixSocket(Path directory, int port) ->
                    "psql -h " + directory + " -p " + port + " -U postgres";
            case ServerAddress.Tcp(String host, int port) ->
                    "psql -h " + host + " -p " + port + " -U postgres";
        };
    }

    /// The first whole second that a restore may name.
    private static String from(Instant time, ZoneId zone) {
        Instant second = time.truncatedTo(ChronoUnit.SECONDS);
        return time(second.equals(time) ? second : second.plusSeconds(1), zone);
    }

    static String time(Instant time, ZoneId zone) {
        return TIME.format(time.atZone(zone));
    }
}

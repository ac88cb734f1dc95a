package io.howdah.cli;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.sweep.StoreClock;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Screen;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `howdah backup keep`.
@Command(
        name = "keep",
        description = {
            "Keep a backup whatever the rules say, with the WAL from its start to its end, until a"
                    + " day or until `howdah backup release`.",
            "The moments after it stay within reach only as long as the rules keep their WAL. Said"
                    + " again, the last word counts."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah backup keep 20261128-221500-0423f9",
            "  howdah backup keep 20261128-221500-0423f9 --until 2036-12-31 --repository /var/backups/orders"
        })
final class BackupKeepCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Parameters(paramLabel = "ID", description = "Which backup, as `howdah backup list` names it.")
    private String id = "";

    @Option(
            names = "--until",
            paramLabel = "DATE",
            description =
                    "Up to the end of that day, as in 2036-12-31, or up to a time, as in 2036-12-31T12:00:00+01:00 or \"in 90d\"; default: until it is released.")
    private @Nullable String until;

    BackupKeepCommand() {}

    @Override
    public Integer call() {
        BackupId backup = id(id);
        ZoneId zone = ZoneId.systemDefault();
        Repository found = Repository.open(repository.ownStore());
        Instant now = StoreClock.now(found.store());
        Optional<Instant> end = Optional.ofNullable(until).map(text -> end(text, now, zone));
        new Keeps(found.store()).keep(new BackupCatalog(found), backup, end);
        Screen.standardOutput().print(BackupView.kept(backup, end, zone));
        return 0;
    }

    /// @throws CommandFailure when it is no name of a backup
    static BackupId id(String text) {
        return BackupId.parse(text)
                .orElseThrow(() ->
                        CommandFailure.wrongUsage(
                                "'" + text + "' is no name of a backup",
                                "see `howdah backup list`; they look like 20261128-221500-0423f9"));
    }

    /// @throws CommandFailure when it is no time, or lies in the past
    static Instant end(String text, Instant now, ZoneId zone) {
        Instant end =
                day(text)
                        .map(day -> endOf(day, zone))
                        .orElseGet(() -> TimeToCome.parse(text, now, zone));
        if (!end.isAfter(now)) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' is past: in the repository it is " + now,
                    "name a later day, or run `howdah backup release` to keep it no longer");
        }
        return end;
    }

    private static Instant endOf(LocalDate day, ZoneId zone) {
        return day.plusDays(1).atStartOfDay(zone).toInstant();
    }

    private static Optional<LocalDate> day(String text) {
        try {
            return Optional.of(LocalDate.parse(text.strip()));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}

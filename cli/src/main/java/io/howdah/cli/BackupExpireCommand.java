package io.howdah.cli;

import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.sweep.SweepPlan;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.backup.sweep.Sweeper;
import io.howdah.cli.backup.SweepView;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.configuration.DurationText;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup expire`.
@Command(
        name = "expire",
        description = {
            "Remove backups that no rule keeps, and the WAL that none needs then.",
            "A backup stays for which one rule speaks, and the newest always. Others may work in the repository meanwhile."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah backup expire --keep-last 2 --keep-for 14d --dry-run",
            "  howdah backup expire --keep-daily 7 --keep-weekly 4 --repository /var/backups/orders"
        })
final class BackupExpireCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Option(
            names = "--keep-last",
            paramLabel = "N",
            description = "Keep so many of the newest backups.")
    private int last;

    @Option(
            names = "--keep-for",
            paramLabel = "TIME",
            description = "Keep those that ended within that time before the newest, as in 14d.")
    private String age = "0d";

    @Option(
            names = "--keep-daily",
            paramLabel = "N",
            description = "Keep the last backup of so many days (in UTC) on which there is one.")
    private int daily;

    @Option(
            names = "--keep-weekly",
            paramLabel = "N",
            description = "Keep the last backup of so many weeks.")
    private int weekly;

    @Option(
            names = "--keep-monthly",
            paramLabel = "N",
            description = "Keep the last backup of so many months.")
    private int monthly;

    @Option(
            names = "--wal-for",
            paramLabel = "TIME",
            description =
                    "Keep every moment within reach for that time before the newest backup; default: since the oldest one.")
    private @Nullable String walFor;

    @Option(names = "--dry-run", description = "Only say what would go.")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BackupExpireCommand() {}

    @Override
    public Integer call() {
        KeepPolicy policy = policy();
        Optional<Duration> walAge = Optional.ofNullable(walFor).map(BackupExpireCommand::duration);
        Repository found = Repository.open(dryRun ? repository.store() : repository.ownStore());
        var sweeper = new Sweeper(found, policy, walAge, step -> {});
        if (dryRun) {
            SweepPlan plan = sweeper.plan(Instant.now());
            print(plan, SweepView.plan(plan, ZoneId.systemDefault()));
            return 0;
        }
        SweepResult result;
        try (Progress _ = Progress.start(Screen.standardError(), "sweeping " + found.store())) {
            result = sweeper.run();
        }
        print(result, SweepView.result(result, ZoneId.systemDefault()));
        return 0;
    }

    private void print(Object value, List<String> lines) {
        Screen.standardOutput()
                .print(
                        json
                                ? List.of(
                                        new String(
                                                RepositoryJson.write(value),
                                                StandardCharsets.UTF_8))
                                : lines);
    }

    private static Duration duration(String text) {
        try {
            return DurationText.parse(text);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    "the time is " + e.getMessage(), "write it as in 14d or 36h");
        }
    }

    private KeepPolicy policy() {
        try {
            return new KeepPolicy(last, duration(age), daily, weekly, monthly);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "say what to keep, as in --keep-last 7");
        }
    }
}

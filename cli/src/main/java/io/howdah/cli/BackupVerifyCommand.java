package io.howdah.cli;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.Pace;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup verify`.
@Command(
        name = "verify",
        description = {
            "Read everything in a repository, and name what is damaged: which file of which backup.",
            "Ends with 1 when something is, or WAL is missing. The next backup stores anew what is damaged."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example:", "  howdah backup verify --repository /var/backups/orders"})
final class BackupVerifyCommand implements Callable<Integer> {

    @Mixin private RepositoryChoice repository = new RepositoryChoice();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many threads read, 1 to 64; default: one per processor, at most 4.")
    private int workers = BackupCommand.defaultWorkers();

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    BackupVerifyCommand() {}

    @Override
    public Integer call() {
        if (workers < 1 || workers > 64) {
            throw CommandFailure.wrongUsage(
                    workers + " workers are not possible", "use --workers 1 to 64");
        }
        Repository found = Repository.open(repository.store());
        long begun = System.nanoTime();
        VerifyResult result;
        var pace = new Pace("reading " + found.store());
        try (Progress progress = Progress.start(Screen.standardError(), pace.now(0, 0))) {
            result =
                    new Verification(found, workers, read -> progress.now(() -> pace.now(read, 0)))
                            .run();
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Screen.standardOutput()
                .print(
                        json
                                ? List.of(
                                        new String(
                                                RepositoryJson.write(result),
                                                StandardCharsets.UTF_8))
                                : BackupView.verified(result, millis));
        return result.isComplete() ? 0 : CommandFailure.FAILED;
    }
}

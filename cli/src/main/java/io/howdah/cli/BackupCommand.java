package io.howdah.cli;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.LocalServer;
import io.howdah.cli.backup.Pace;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.configuration.DataSize;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah backup` and what belongs to it.
@Command(
        name = "backup",
        description = {
            "Back up a server of this machine, while it runs: only what has changed since the last"
                    + " backup is stored. Of a node with several repositories each gets one.",
            "A standby is preferred where there is one."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            BackupListCommand.class,
            BackupVerifyCommand.class,
            BackupExpireCommand.class,
            BackupKeepCommand.class,
            BackupReleaseCommand.class,
            BackupRotateKeyCommand.class,
            BackupTakeOverCommand.class
        },
        footer = {
            "",
            "Example:",
            "  howdah backup",
            "  howdah backup --config /etc/howdah/howdah.yaml --repository /var/backups/orders",
            "  howdah backup --data /var/lib/postgresql/17/main --repository /var/backups/orders"
        })
final class BackupCommand implements Callable<Integer> {

    @Mixin private RepositoryAddress repository = new RepositoryAddress();

    @Mixin private ServerChoice servers = new ServerChoice();

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many threads read, 1 to 64; default: one per processor, at most 4.")
    private int workers = defaultWorkers();

    @Option(
            names = "--rate",
            paramLabel = "SIZE",
            description = "The most that is read in a second, as in 100MB; default: no limit.")
    private String rate = "0";

    @Option(names = "--level", paramLabel = "N", description = "zstd's level, 1 to 19; default: 1.")
    private int level = 1;

    @Option(
            names = "--anew",
            description =
                    "Store everything, and refer to nothing of earlier backups: where what they stored is not to be trusted.")
    private boolean anew;

    @Option(names = "--json", description = "Print the record of each backup as JSON.")
    private boolean json;

    BackupCommand() {}

    /// One per processor, at most 4: with more, disks and networks are the limit.
    static int defaultWorkers() {
        return Math.clamp(Runtime.getRuntime().availableProcessors(), 1, 4);
    }

    @Override
    public Integer call() {
        TakeOptions options = options();
        Optional<DemoDirectory> demo = servers.demo();
        List<ObjectStore> stores =
                servers.node().map(repository::storesOf).orElseGet(() -> repository.stores(demo));
        LocalServer server = LocalServer.choose(servers.places(demo));
        var failures = new ArrayList<RuntimeException>();
        for (ObjectStore store : stores) {
            try {
                backUp(store, server, options);
            } catch (RuntimeException e) {
                // the others get theirs all the same
                failures.add(e);
            }
        }
        throwAll(failures);
        return 0;
    }

    private static void throwAll(List<RuntimeException> failures) {
        if (failures.size() > 1) {
            throw new BackupException(
                    failures.stream()
                            .map(each ->
                                    String.valueOf(each.getMessage())
                                            .lines()
                                            .findFirst()
                                            .orElse(""))
                            .collect(Collectors.joining("; ")),
                    "see to each of them, and run it again");
        }
        for (RuntimeException failure : failures) {
            throw failure;
        }
    }

    private void backUp(ObjectStore store, LocalServer server, TakeOptions options) {
        long begun = System.nanoTime();
        BackupRecord backup = take(store, server, options);
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Screen screen = Screen.standardOutput();
        screen.print(
                json
                        ? List.of(new String(RepositoryJson.write(backup), StandardCharsets.UTF_8))
                        : BackupView.taken(
                                backup,
                                server.name() + (server.standby() ? " (standby)" : " (primary)"),
                                store.toString(),
                                millis,
                                ZoneId.systemDefault()));
        Screen.standardError().print(BackupView.damagedPages(backup));
        Screen.standardError().print(BackupView.leftOutLinks(backup));
    }

    private static BackupRecord take(ObjectStore store, LocalServer server, TakeOptions options) {
        String what = "backing up " + server.name();
        var pace = new Pace(what);
        try (Progress progress = Progress.start(Screen.standardError(), what + ": a checkpoint")) {
            return new BackupTaking(
                            store,
                            server.memory(),
                            server.source(),
                            options,
                            new TakeListener() {
                                @Override
                                public void progress(long read, long estimated, long stored) {
                                    progress.now(() -> pace.now(read, estimated));
                                }
                            })
                    .run();
        }
    }

    private TakeOptions options() {
        try {
            return new TakeOptions(workers, DataSize.parse(rate).bytes(), level, anew);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "see `howdah backup --help`");
        }
    }
}

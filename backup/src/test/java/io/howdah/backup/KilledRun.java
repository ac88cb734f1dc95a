package io.howdah.backup;

import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.take.BackupSource;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.take.TakeStep;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.ServerAddress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A backup or a restore in a process of its own that ends at a step as if it were killed.
final class KilledRun {

    static final int KILLED = 99;

    private KilledRun() {}

    /// Takes a backup.
    static int take(BackupRoom room, Path socket, Path data, TakeStep step) throws Exception {
        return run("take", step.name(), room, socket.toString(), data.toString());
    }

    /// Restores the newest backup to its end.
    static int restore(BackupRoom room, Path directory, RestoreStep step) throws Exception {
        return run("restore", step.name(), room, directory.toString());
    }

    private static int run(String what, String step, BackupRoom room, String... more)
            throws IOException, InterruptedException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                KilledRun.class.getName(),
                                what,
                                step,
                                room.store().root().toString()));
        command.addAll(List.of(more));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(2, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
        return process.waitFor();
    }

    public static void main(String[] arguments) {
        var store = new FolderStore(Path.of(arguments[2]));
        if (arguments[0].equals("take")) {
            TakeStep last = TakeStep.valueOf(arguments[1]);
            var source =
                    new BackupSource(
                            new DataDirectory(Path.of(arguments[4]), TestPostgres.USER),
                            ConnectionSettings.of(
                                    new ServerAddress.UnixSocket(Path.of(arguments[3]), 5432),
                                    "postgres"),
                            "n1");
            new BackupTaking(
                            store,
                            RepositoryMemory.none(),
                            source,
                            new TakeOptions(2, 0, 1, false),
                            new TakeListener() {
                                @Override
                                public void step(TakeStep step) {
                                    if (step == last) {
                                        Runtime.getRuntime().halt(KILLED);
                                    }
                                }
                            })
                    .run();
        } else {
            RestoreStep last = RestoreStep.valueOf(arguments[1]);
            var request =
                    new RestoreRequest(
                            Path.of(arguments[3]),
                            new RestoreTarget.Immediate(),
                            Optional.empty(),
                            Optional.empty(),
                            Map.of(),
                            RestoreRequest.Ending.STOPPED,
                            false,
                            2);
            new Restoring(
                            Repository.open(store),
                            TestPostgres.USER,
                            request,
                            new RestoreListener() {
                                @Override
                                public void step(RestoreStep step) {
                                    if (step == last) {
                                        Runtime.getRuntime().halt(KILLED);
                                    }
                                }
                            })
                    .run(TestPostgres.INSTALLATIONS);
        }
    }
}

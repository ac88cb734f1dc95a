package io.howdah.backup;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.drill.DrillGoals;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillRequest;
import io.howdah.backup.drill.DrillRun;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.ServerProcesses;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A directory with a repository, servers and what is restored; on its end all of them go.
final class BackupRoom implements AutoCloseable {

    private final Path home = TestPostgres.home("hw-backup-");
    private final FolderStore store = new FolderStore(home.resolve("repository"));

    Path path(String name) {
        return home.resolve(name);
    }

    FolderStore store() {
        return store;
    }

    Repository repository() {
        return Repository.open(store);
    }

    /// A server of its own, in a directory of its own.
    TestPostgres server(String name, String choice) {
        return server(name, choice, Map.of());
    }

    TestPostgres server(String name, String choice, Map<String, String> settings) {
        return TestPostgres.start(directory(name), choice, settings);
    }

    /// A directory of the user that runs PostgreSQL.
    Path directory(String name) {
        try {
            Path directory = Files.createDirectory(home.resolve(name));
            TestPostgres.USER.own(directory);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    BackupRecord take(TestPostgres server) {
        return take(server, new TakeListener() {});
    }

    BackupRecord take(TestPostgres server, TakeListener listener) {
        return new BackupTaking(
                        store,
                        RepositoryMemory.none(),
                        server.source(),
                        new TakeOptions(2, 0, 1, false),
                        listener)
                .run();
    }

    VerifyResult verify() {
        return new Verification(repository(), 2, read -> {}).run();
    }

    Restored restore(RestoreRequest request) {
        return restore(request, new RestoreListener() {});
    }

    Restored restore(RestoreRequest request, RestoreListener listener) {
        return new Restoring(repository(), TestPostgres.USER, request, listener)
                .run(TestPostgres.INSTALLATIONS);
    }

    RestoreRequest to(String name, RestoreTarget target) {
        return to(name, target, RestoreRequest.Ending.STOPPED);
    }

    RestoreRequest to(String name, RestoreTarget target, RestoreRequest.Ending ending) {
        return new RestoreRequest(
                home.resolve(name),
                target,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                ending,
                false,
                2);
    }

    /// What the archive does continuously: all that the server has written is in the repository
    /// then.
    void archive(TestPostgres server) {
        String last = server.value("select pg_walfile_name(pg_switch_wal())");
        var names = new WalNames(server.data().controlData().systemId());
        int size =
                Integer.parseInt(
                        server.value(
                                "select setting from pg_settings where name = 'wal_segment_size'"));
        try (Stream<Path> files = Files.list(server.data().path().resolve("pg_wal"))) {
            for (Path file : files.toList()) {
                Optional<WalSegment> segment =
                        WalSegment.named(file.getFileName().toString(), size)
                                .filter(each -> each.name().compareTo(last) <= 0);
                if (segment.isPresent()) {
                    archive(file, names.segment(segment.get()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// A checkpoint may take a segment away that no slot holds, as it was archived before.
    private void archive(Path segment, ObjectName name) throws IOException {
        try {
            PutOutcome _ =
                    store.put(
                            name,
                            Content.of(Zstd.compress(Files.readAllBytes(segment))),
                            PutMode.IF_ABSENT);
        } catch (NoSuchFileException e) {
            // a gap shows where it was not
        }
    }

    /// A server on what was restored.
    TestPostgres start(String name, String choice) {
        return start(name, choice, Map.of());
    }

    TestPostgres start(String name, String choice, Map<String, String> settings) {
        var all = new HashMap<>(recoverySettings(home.resolve(name)));
        all.putAll(settings);
        return TestPostgres.startOn(
                directory(name + "-home"),
                new DataDirectory(home.resolve(name), TestPostgres.USER),
                TestPostgres.INSTALLATIONS.choose(choice),
                all);
    }

    /// A server that was stopped, with other settings.
    TestPostgres restart(String name, String choice, Map<String, String> settings) {
        return TestPostgres.startOn(
                home.resolve(name),
                new DataDirectory(home.resolve(name).resolve("data"), TestPostgres.USER),
                TestPostgres.INSTALLATIONS.choose(choice),
                settings);
    }

    /// What a first start by hand reads from the file of `ALTER SYSTEM`; Howdah's own starts take
    /// such settings out of it.
    private static Map<String, String> recoverySettings(Path directory) {
        try {
            var settings = new HashMap<String, String>();
            Files.readAllLines(directory.resolve("postgresql.auto.conf")).stream()
                    .filter(line ->
                            line.startsWith("re") || line.startsWith("ignore_invalid_pages"))
                    .map(line -> line.split(" = ", 2))
                    .forEach(words -> settings.put(words[0], words[1].replace("'", "")));
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (Stream<Path> entries = Files.walk(home, 2)) {
            for (Path entry : entries.filter(Files::isDirectory).toList()) {
                new ServerProcesses(new DataDirectory(entry, TestPostgres.USER))
                        .killAll(Await.PATIENCE);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        new DurableFiles(TestPostgres.USER).deleteTree(home);
    }

    /// Restores the newest backup to the newest second and looks at it, without goals.
    DrillReport drill() {
        return drill(repository());
    }

    DrillReport drill(Repository repository) {
        return new DrillRun(
                        repository,
                        TestPostgres.USER,
                        new DrillRequest(
                                new ScratchPlace(path("scratch")),
                                DrillGoals.NONE,
                                List.of(),
                                false,
                                2),
                        Optional::empty,
                        _ -> {})
                .run(TestPostgres.INSTALLATIONS);
    }
}

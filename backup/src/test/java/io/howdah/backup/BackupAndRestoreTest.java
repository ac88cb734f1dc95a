package io.howdah.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.take.BackupTaking;
import io.howdah.backup.take.TakeListener;
import io.howdah.backup.take.TakeOptions;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BackupAndRestoreTest {

    private final Path home = TestPostgres.home("hw-backup-");
    private final FolderStore store = new FolderStore(home.resolve("repository"));

    static Stream<String> versions() {
        return Stream.of("auto", "embedded");
    }

    @AfterEach
    void delete() {
        new DurableFiles(TestPostgres.USER).deleteTree(home);
    }

    @ParameterizedTest
    @MethodSource("versions")
    void whatWasCommittedBeforeTheEndOfTheBackupIsThereAgain(String choice) {
        BackupRecord backup;
        try (var server = TestPostgres.start(home, choice)) {
            server.execute(
                    "create table t (n int primary key, text text)",
                    "insert into t select n, repeat(md5(n::text), 20) from generate_series(1, 50000) n");
            backup = take(server);
        }
        assertThat(new BackupCatalog(Repository.open(store)).all()).containsExactly(backup);
        Path copy = home.resolve("copy");
        Restored restored = restore(copy, new RestoreTarget.Latest());
        assertThat(restored.recovered()).isPresent();
        try (var server =
                TestPostgres.startOn(
                        home,
                        new DataDirectory(copy, TestPostgres.USER),
                        TestPostgres.INSTALLATIONS.choose(choice),
                        Map.of())) {
            assertThat(server.value("select count(*) from t")).isEqualTo("50000");
            assertThat(server.value("select sum(n) from t")).isEqualTo("1250025000");
        }
    }

    private BackupRecord take(TestPostgres server) {
        return new BackupTaking(
                        store, server.source(), new TakeOptions(2, 0, 1), new TakeListener() {})
                .run();
    }

    private Restored restore(Path directory, RestoreTarget target) {
        return new Restoring(
                        Repository.open(store),
                        TestPostgres.USER,
                        new RestoreRequest(
                                directory,
                                target,
                                Optional.empty(),
                                Optional.empty(),
                                Map.of(),
                                RestoreRequest.Ending.STOPPED,
                                false,
                                2),
                        new RestoreListener() {})
                .run(TestPostgres.INSTALLATIONS);
    }
}

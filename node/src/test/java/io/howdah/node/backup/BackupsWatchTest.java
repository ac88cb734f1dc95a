package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FolderStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoredObject;
import io.howdah.backup.verify.LastVerification;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.beside.BesideFiles;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import io.howdah.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BackupsWatchTest {

    private static final SystemId SYSTEM = SystemId.parse("7301");
    private static final Instant FIRST = Instant.parse("2026-11-28T22:15:00Z");

    @TempDir private Path directory;

    @Test
    void newestBackupAndLastAttemptOfEachRepositoryAreTold() throws IOException {
        ObjectStore one = store("one");
        ObjectStore two = store("two");
        BesideFiles files = BesideFiles.backupWorker(directory);
        files.prepare();
        var watch = new BackupsWatch(List.of(one, two), files, () -> "");
        Repository _ = Repository.openOrMake(one, SYSTEM);
        assertThat(watch.look(List.of())).as("none").containsExactly(none(one), none(two));

        Repository _ = Repository.openOrMake(two, SYSTEM);
        publish(one, FIRST);
        assertThat(watch.look(List.of())).containsExactly(backup(one, FIRST), none(two));
        BackupId tried = BackupId.at(FIRST.plusSeconds(60));
        LastAttempt.NOTE.put(two, LastAttempt.failure(tried, new IllegalStateException("no")));
        assertThat(watch.look(List.of()))
                .extracting(RepositoryBackups::lastSucceeded)
                .as("what fails in one is not hidden by the other")
                .containsExactly(true, false);
        publish(two, FIRST.plusSeconds(120));
        assertThat(watch.look(List.of()))
                .containsExactly(backup(one, FIRST), backup(two, FIRST.plusSeconds(120)));
        BackupsReport last = report(watch);
        last.write(files);
        assertThat(BackupsReport.read(directory)).contains(last);
    }

    /// A list is what a bucket is paid most for.
    @Test
    void allBackupsAreListedWhereSomethingWasTriedAndElseNowAndThen() throws IOException {
        var lists = new ArrayList<String>();
        ObjectStore store = listening(store("one"), lists);
        Repository _ = Repository.openOrMake(store, SYSTEM);
        publish(store, FIRST);
        var watch = new BackupsWatch(List.of(store), BesideFiles.backupWorker(directory), () -> "");
        assertThat(watch.look(List.of())).containsExactly(backup(store, FIRST));
        lists.clear();
        for (int look = 0; look < 10; look++) {
            assertThat(watch.look(List.of())).containsExactly(backup(store, FIRST));
        }
        assertThat(lists).isEmpty();
        // one that was not written down as an attempt
        LastAttempt before = LastAttempt.NOTE.read(store).orElseThrow();
        publish(store, FIRST.plusSeconds(60));
        LastAttempt.NOTE.put(store, before);
        assertThat(watch.look(List.of())).containsExactly(backup(store, FIRST.plusSeconds(60)));
        assertThat(lists).containsExactly("backups/");
        lists.clear();
        publish(store, FIRST.plusSeconds(120));
        assertThat(watch.look(List.of())).containsExactly(backup(store, FIRST.plusSeconds(120)));
        assertThat(lists).containsExactly("backups/");
    }

    private static ObjectStore listening(ObjectStore store, List<String> lists) {
        return new ObjectStore() {
            @Override
            public PutOutcome put(ObjectName name, Content content, PutMode mode) {
                return store.put(name, content, mode);
            }

            @Override
            public InputStream get(ObjectName name) {
                return store.get(name);
            }

            @Override
            public byte[] get(ObjectName name, long offset, int length) {
                return store.get(name, offset, length);
            }

            @Override
            public List<StoredObject> list(String prefix, @Nullable ObjectName after) {
                lists.add(prefix);
                return store.list(prefix, after);
            }

            @Override
            public void delete(ObjectName name) {
                store.delete(name);
            }

            @Override
            public String toString() {
                return store.toString();
            }
        };
    }

    /// A worker that is started anew while a repository does not answer, and another does.
    @Test
    void whatWasSeenOfARepositoryThatDoesNotAnswerIsToldOn() throws Exception {
        ObjectStore one = store("one");
        ObjectStore two = store("two");
        List<ObjectStore> both = List.of(one, two);
        BesideFiles files = BesideFiles.backupWorker(directory);
        files.prepare();
        Repository _ = Repository.openOrMake(one, SYSTEM);
        Repository _ = Repository.openOrMake(two, SYSTEM);
        publish(one, FIRST);
        publish(two, FIRST);
        report(new BackupsWatch(both, files, () -> "")).write(files);

        publish(two, FIRST.plusSeconds(60));
        List<RepositoryBackups> expected =
                List.of(backup(one, FIRST).silenced(), backup(two, FIRST.plusSeconds(60)));
        Files.move(directory.resolve("one"), directory.resolve("unmounted"));
        try (var next = new BackupsWatch(both, files, () -> "it is away")) {
            next.start();
            Await.until(
                    "both are told",
                    () ->
                            BackupsReport.read(directory)
                                    .equals(
                                            Optional.of(
                                                    new BackupsReport(
                                                            expected, List.of(), "it is away"))));
        }
    }

    @Test
    void repositoryThatHasNeverAnsweredIsNotPassedOver() throws IOException {
        ObjectStore one = store("one");
        Files.delete(directory.resolve("one"));
        var watch = new BackupsWatch(List.of(one), BesideFiles.backupWorker(directory), () -> "");
        assertThat(watch.look(List.of())).containsExactly(none(one).silenced());
    }

    /// Of two, one was killed: what it has written down stays as it was.
    @Test
    void backupIsToldAsLongAsItGetsOn() throws IOException {
        ObjectStore store = store("one");
        Repository _ = Repository.openOrMake(store, SYSTEM);
        var watch = new RunningBackups();
        progress("a", 1).put(store);
        progress("b", 1).put(store);
        assertThat(watch.look(BackupProgress.all(store), 0))
                .extracting(BackupStatus::id)
                .containsExactly("a", "b");
        for (long change = 2; change < 20; change++) {
            progress("b", change).put(store);
            List<BackupStatus> running = watch.look(BackupProgress.all(store), change * 10_000);
            assertThat(running)
                    .extracting(BackupStatus::id)
                    .containsExactly(change < 6 ? new String[] {"a", "b"} : new String[] {"b"});
            assertThat(running.getLast())
                    .isEqualTo(new BackupStatus("b", "n2", FIRST, change * 100, 5000, change));
        }
        store.delete(new ObjectName("progress/b.json"));
        assertThat(watch.look(BackupProgress.all(store), 300_000)).isEmpty();
        BackupProgress.removeOld(store, Instant.now());
        assertThat(BackupProgress.all(store)).hasSize(1);
        BackupProgress.removeOld(store, Instant.now().plus(Duration.ofDays(2)));
        assertThat(BackupProgress.all(store)).isEmpty();
    }

    private static BackupProgress progress(String id, long change) {
        return new BackupProgress(id, "n2", FIRST, change * 100, 5000, change, change);
    }

    @Test
    void whatWasReadAsAWholeIsToldOfEachRepository() throws Exception {
        ObjectStore one = store("one");
        Repository _ = Repository.openOrMake(one, SYSTEM);
        LastVerification.NOTE.put(
                one,
                new LastVerification(
                        FIRST,
                        FIRST.plusSeconds(9),
                        "n2",
                        new VerifyResult(
                                3, 70, 7000, List.of("0/1 to 0/2"), 120, List.of(), List.of())));

        var watch = new BackupsWatch(List.of(one), BesideFiles.backupWorker(directory), () -> "");
        assertThat(watch.look(List.of()))
                .extracting(RepositoryBackups::verified)
                .containsExactly(new RepositoryBackups.Verified(FIRST.plusSeconds(9), 120, 1));
    }

    private static BackupsReport report(BackupsWatch watch) {
        return new BackupsReport(watch.look(List.of()), List.of(), null);
    }

    private static RepositoryBackups none(ObjectStore store) {
        return RepositoryBackups.nothing(store.toString());
    }

    private static RepositoryBackups backup(ObjectStore store, Instant ended) {
        LastAttempt last = LastAttempt.NOTE.read(store).orElseThrow();
        return new RepositoryBackups(
                store.toString(), ended, last.id(), last.succeeded(), null, false);
    }

    private ObjectStore store(String name) throws IOException {
        return new FolderStore(Files.createDirectory(directory.resolve(name)));
    }

    private static void publish(ObjectStore store, Instant ended) {
        BackupId id = BackupId.at(ended);
        new BackupCatalog(Repository.open(store))
                .publish(
                        new BackupRecord(
                                1,
                                id.text(),
                                SYSTEM,
                                "18.0",
                                false,
                                TimelineId.FIRST,
                                new Lsn(1),
                                new Lsn(2),
                                ended,
                                ended,
                                16 << 20,
                                true,
                                List.of(),
                                0,
                                new ManifestSummary(0, 0, 0, 0, "", 0, ""),
                                new DamagedPages(0, List.of()),
                                LeftOutLinks.NONE));
        LastAttempt.NOTE.put(store, LastAttempt.success(id));
    }
}

package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.S3Server;
import io.howdah.backup.store.StoreAddress;
import io.howdah.backup.store.Turns;
import io.howdah.backup.sweep.SweepListener;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.backup.sweep.SweepStep;
import io.howdah.backup.sweep.Sweeper;
import io.howdah.backup.verify.Damage;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// A backup that is kept by hand stays, with its WAL, whatever sweeps do; and nothing else does.
class KeptBackupTest {

    private static final long RACES = 60;

    @TempDir private Path folder;
    private final MemoryStore store = new MemoryStore();
    private final Keeps keeps = new Keeps(store);

    @Test
    void keptBackupStaysWithItsWalAndNoMoreUntilItIsReleased() {
        List<BackupRecord> backups = take(new ModelBackup(1), 6);
        BackupRecord kept = backups.get(1);
        keeps.keep(catalog(), kept.backupId(), Optional.empty());

        SweepResult first = sweep(store);
        assertThat(first.plan().backups().get(1).reasons()).containsExactly("kept by hand");
        assertThat(catalog().all()).containsExactly(kept, backups.get(4), backups.get(5));
        assertThat(segments())
                .as("WAL from its start to its end, and from the oldest on that a rule keeps")
                .isEqualTo(
                        Stream.concat(
                                        numbers(kept.startLsn().value(), kept.stopLsn().value()),
                                        numbers(
                                                backups.get(4).startLsn().value(),
                                                backups.get(5).stopLsn().value()))
                                .toList());
        VerifyResult verified = verify();
        assertThat(verified.isComplete()).as("%s", verified).isTrue();
        assertThat(sweep(store).plan().isEmpty()).isTrue();

        keeps.release(catalog(), kept.backupId());
        assertThat(verify().gaps()).as("a sweep has removed what lay behind it").isEmpty();
        assertThat(sweep(store).backups()).isOne();
        assertThat(catalog().all()).containsExactly(backups.get(4), backups.get(5));
        assertThat(segments().getFirst())
                .isEqualTo(backups.get(4).startLsn().value() / ModelBackup.SEGMENT);
        requireNothingSaidOfWhatIsGone();
    }

    @Test
    void whatCannotBeReadOfAKeptBackupIsFoundAndSpoilsNoVerification() {
        List<BackupRecord> backups = take(new ModelBackup(1), 3);
        keeps.keep(catalog(), backups.getFirst().backupId(), Optional.empty());
        PutOutcome _ =
                store.put(
                        new ObjectName("keeps/" + backups.getFirst().id() + "/00000001.json"),
                        Content.of(new byte[] {'x'}),
                        PutMode.REPLACE);

        VerifyResult verified = verify();

        assertThat(verified.backups()).isEqualTo(3);
        assertThat(verified.damage())
                .extracting(Damage::what)
                .containsExactly("what is kept by hand");
    }

    @Test
    void timeOfAKeptBackupEndsByTheStoresClock() {
        List<BackupRecord> backups = take(new ModelBackup(2), 4);
        BackupId id = backups.getFirst().backupId();
        keeps.keep(catalog(), id, Optional.of(store.now().plus(Duration.ofDays(9))));
        store.pass(Duration.ofDays(9).minusSeconds(1));
        assertThat(sweep(store).plan().backups().getFirst().alone()).isTrue();
        assertThat(catalog().find(id)).isPresent();
        store.pass(Duration.ofSeconds(1));
        assertThat(sweep(store).backups()).isOne();
        assertThat(catalog().find(id)).isEmpty();
        requireNothingSaidOfWhatIsGone();
    }

    @Test
    void lastWordCounts() {
        List<BackupRecord> backups = take(new ModelBackup(3), 4);
        BackupId id = backups.getFirst().backupId();
        keeps.keep(catalog(), id, Optional.of(store.now().plus(Duration.ofHours(1))));
        keeps.keep(catalog(), id, Optional.empty());
        store.pass(Duration.ofDays(1));
        SweepResult _ = sweep(store);
        assertThat(catalog().find(id)).isPresent();
        keeps.release(catalog(), id);
        keeps.keep(catalog(), id, Optional.of(store.now().plus(Duration.ofHours(1))));
        SweepResult _ = sweep(store);
        assertThat(catalog().find(id)).isPresent();
    }

    @Test
    void whatIsNoBackupCannotBeKeptNorReleased() {
        List<BackupRecord> backups = take(new ModelBackup(4), 3);
        var unknown = new BackupId("20200101-000000-000000");
        List<String> before = store.names();
        assertThatThrownBy(() -> keeps.keep(catalog(), unknown, Optional.empty()))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("there is no backup " + unknown)
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> keeps.release(catalog(), unknown))
                .hasMessageContaining("there is no backup " + unknown);
        assertThatThrownBy(() -> keeps.release(catalog(), backups.getFirst().backupId()))
                .hasMessageContaining("is not kept by hand")
                .hasMessageContaining("HINT: ");
        assertThat(store.names()).isEqualTo(before);
    }

    @Test
    void whatCannotBeReadStopsASweepBeforeAnythingGoes() {
        List<BackupRecord> backups = take(new ModelBackup(5), 4);
        BackupId id = backups.getFirst().backupId();
        keeps.keep(catalog(), id, Optional.empty());
        var object = new ObjectName("keeps/" + id + "/00000001.json");
        store.put(object, Content.of(new byte[9]), PutMode.REPLACE);
        assertThatThrownBy(() -> sweep(store))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining(object + " in memory is damaged")
                .hasMessageContaining("HINT: delete it");
        assertThat(catalog().all()).isEqualTo(backups);
        var told = new ArrayList<String>();
        assertThat(keeps.all(refusal -> told.add(refusal.fact()))).isEmpty();
        assertThat(told).hasSize(1);
    }

    /// The backup that is kept meanwhile is one that the tombstone names.
    @ParameterizedTest
    @EnumSource(SweepStep.class)
    void backupIsKeptOrRefusedWhereverASweepIs(SweepStep at) {
        var server = new ModelBackup(6);
        List<BackupRecord> backups = take(server, 2);
        server.fill(9);
        List<BackupRecord> _ = take(server, 2);
        BackupId id = backups.getFirst().backupId();
        var answers = new ArrayList<Boolean>();
        SweepResult _ =
                sweep(
                        store,
                        step -> {
                            if (step == at && answers.isEmpty()) {
                                answers.add(isKept(store, id));
                            }
                        });
        assertThat(answers).as("%s is reached", at).hasSize(1);
        assertThat(catalog().find(id).isPresent()).isEqualTo(answers.getFirst());
        assertThat(answers.getFirst()).isEqualTo(at == SweepStep.TOMBSTONE_WRITTEN);
        assertThat(verify().isWhole()).isTrue();
        SweepResult _ = sweep(store);
        assertThat(catalog().find(id).isPresent()).isEqualTo(answers.getFirst());
        requireNothingSaidOfWhatIsGone();
    }

    /// A sweep was killed when it had let them go, and the cluster went on from an earlier
    /// position.
    @Test
    void backupsThatAGivenUpSweepHadLetGoCanBeKept() {
        var server = new ModelBackup(9);
        List<BackupRecord> backups = take(server, 4);
        BackupId id = backups.getFirst().backupId();
        assertThatThrownBy(() ->
                        sweep(
                                store,
                                step -> {
                                    if (step == SweepStep.BACKUP_LET_GO) {
                                        throw new IllegalStateException("killed");
                                    }
                                }))
                .hasMessage("killed");
        assertThat(isKept(store, id)).isFalse();
        server.fork(store, new Lsn(backups.getLast().stopLsn().value() - 500));
        var all = new KeepPolicy(9, Duration.ZERO, 0, 0, 0);
        var sweeper = new Sweeper(Repository.open(store), all, Optional.empty(), step -> {});
        SweepResult _ = sweeper.run();
        assertThat(isKept(store, id)).as("the other sweep may be at it still").isFalse();
        store.pass(Duration.ofHours(1));
        SweepResult _ = sweeper.run();
        assertThat(store.names()).noneMatch(name -> name.matches("sweeps/.*json"));
        assertThat(catalog().all()).isEqualTo(backups);
        assertThat(isKept(store, id)).isTrue();
        assertThat(verify().isWhole()).isTrue();
    }

    static LongStream seeds() {
        return LongStream.range(0, RACES);
    }

    /// Two that sweep, one that takes backups and two that keep them, held up and killed anywhere:
    /// what somebody was told is kept is there, and whole.
    @ParameterizedTest
    @MethodSource("seeds")
    void racesTakeNothingAwayThatIsKept(long seed) {
        var server = new ModelBackup(seed);
        List<BackupRecord> backups = take(server, 6);
        Set<BackupId> promised = ConcurrentHashMap.newKeySet();
        var turns =
                new Turns(
                        store,
                        seed,
                        seed % 3 == 0 ? 0 : 0.01,
                        _ ->
                                promised.forEach(id ->
                                        assertThat(catalog().find(id)).as("%s", id).isPresent()));
        for (int i = 0; i < 2; i++) {
            turns.add(mine -> repeat(3, () -> sweep(mine)));
        }
        turns.add(mine -> repeat(2, () -> server.take(mine, store.now(), 0)));
        for (int i = 0; i < 2; i++) {
            List<BackupRecord> mineToKeep = backups.subList(2 * i, 2 * i + 2);
            turns.add(mine ->
                    mineToKeep.forEach(each -> {
                        if (isKept(mine, each.backupId())) {
                            promised.add(each.backupId());
                        }
                    }));
        }
        turns.run();

        store.pass(Duration.ofHours(2));
        BackupRecord _ = server.take(store, store.now(), 0);
        for (int i = 0; i < 3; i++) {
            SweepResult _ = sweep(store);
        }
        assertThat(catalog().all().stream().map(BackupRecord::backupId)).containsAll(promised);
        assertThat(verify().isWhole()).isTrue();
        requireNothingSaidOfWhatIsGone();
    }

    @Test
    void keptBackupStaysInABucketToo() {
        try (var bucket = new S3Server(7, 0.03)) {
            ObjectStore remote =
                    StoreAddress.open(bucket.address("orders", folder.resolve("credentials")));
            var server = new ModelBackup(7);
            Repository repository = Repository.openOrMake(remote, ModelBackup.SYSTEM);
            var backups = new ArrayList<BackupRecord>();
            for (int i = 0; i < 4; i++) {
                bucket.content().pass(Duration.ofHours(1));
                backups.add(server.take(remote, bucket.content().now(), 0));
            }
            var catalog = new BackupCatalog(repository);
            new Keeps(remote).keep(catalog, backups.getFirst().backupId(), Optional.empty());
            assertThat(sweep(remote).backups()).isOne();
            assertThat(catalog.find(backups.getFirst().backupId())).isPresent();
            new Keeps(remote).release(catalog, backups.getFirst().backupId());
            assertThat(sweep(remote).backups()).isOne();
            assertThat(catalog.find(backups.getFirst().backupId())).isEmpty();
        }
    }

    private static boolean isKept(ObjectStore store, BackupId id) {
        try {
            new Keeps(store).keep(new BackupCatalog(Repository.open(store)), id, Optional.empty());
            return true;
        } catch (BackupException e) {
            assertThat(e).hasMessageContaining("HINT: ");
            return false;
        }
    }

    private static void repeat(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            try {
                work.run();
            } catch (BackupException e) {
                assertThat(e).hasMessageContaining("HINT: ");
            }
        }
    }

    private void requireNothingSaidOfWhatIsGone() {
        List<String> there = catalog().all().stream().map(BackupRecord::id).toList();
        assertThat(store.names().stream().filter(name -> name.startsWith("keeps/")))
                .allMatch(name -> there.contains(name.split("/", -1)[1]));
    }

    private List<BackupRecord> take(ModelBackup server, int times) {
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var backups = new ArrayList<BackupRecord>();
        for (int i = 0; i < times; i++) {
            store.pass(Duration.ofHours(1));
            Stream.of(1, 2, 3, 4).forEach(_ -> server.archive(store));
            backups.add(server.take(store, store.now(), 0));
        }
        return backups;
    }

    private List<Long> segments() {
        var names = new WalNames(ModelBackup.SYSTEM);
        return store.names().stream()
                .flatMap(name -> names.parse(new ObjectName(name)).stream())
                .map(WalNames.Segment.class::cast)
                .map(each -> WalSegment.named(each.name(), ModelBackup.SEGMENT).orElseThrow())
                .map(WalSegment::number)
                .toList();
    }

    private static Stream<Long> numbers(long start, long stop) {
        return LongStream.rangeClosed(start / ModelBackup.SEGMENT, stop / ModelBackup.SEGMENT)
                .boxed();
    }

    private BackupCatalog catalog() {
        return new BackupCatalog(Repository.open(store));
    }

    private VerifyResult verify() {
        return new Verification(Repository.open(store), 1, read -> {}).run();
    }

    private static SweepResult sweep(ObjectStore store) {
        return sweep(store, step -> {});
    }

    private static SweepResult sweep(ObjectStore store, SweepListener listener) {
        return new Sweeper(
                        Repository.open(store),
                        new KeepPolicy(2, Duration.ZERO, 0, 0, 0),
                        Optional.empty(),
                        listener)
                .run();
    }
}

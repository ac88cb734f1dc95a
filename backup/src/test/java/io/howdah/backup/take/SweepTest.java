package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.Keeps;
import io.howdah.backup.keep.KeepPolicy;
import io.howdah.backup.manifest.PackUse;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.S3Server;
import io.howdah.backup.store.StoreAddress;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.store.Turns;
import io.howdah.backup.sweep.SweepListener;
import io.howdah.backup.sweep.SweepPlan;
import io.howdah.backup.sweep.SweepResult;
import io.howdah.backup.sweep.SweepStep;
import io.howdah.backup.sweep.Sweeper;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.wal.WalIndex;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineHistory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// What is no longer kept goes, and nothing else, whatever else happens in the repository.
class SweepTest {

    private static final KeepPolicy TWO = new KeepPolicy(2, Duration.ZERO, 0, 0, 0);
    private static final long RACES = 60;

    @TempDir private Path folder;
    private final MemoryStore store = new MemoryStore();

    @Test
    void whatIsNoLongerKeptGoesWithItsPacksAndItsWal() {
        var server = new ModelBackup(1);
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 5);
        put("notes/of-somebody.txt");
        put("packs/00/not-a-pack.pack");
        put("wal/7301/00000001/unknown.zst");

        SweepPlan plan = sweeper(store, step -> {}).plan(store.now());
        assertThat(plan.backups().stream().map(KeepPolicy.Verdict::isKept).toList())
                .containsExactly(false, false, false, true, true);
        List<String> before = store.names();
        assertThat(store.names()).as("a plan changes nothing").isEqualTo(before);

        SweepResult result = sweeper(store, step -> {}).run();
        assertThat(result.backups()).isEqualTo(3);
        assertThat(result.packs()).isEqualTo(plan.packs().size());
        assertThat(result.walObjects()).isEqualTo((int) plan.walObjects()).isPositive();
        assertThat(new BackupCatalog(repository).all()).isEqualTo(backups.subList(3, 5));
        assertThat(store.names())
                .contains(
                        "notes/of-somebody.txt",
                        "packs/00/not-a-pack.pack",
                        "wal/7301/00000001/unknown.zst");
        requireNothingLeft();
        assertThat(sweeper(store, step -> {}).plan(store.now()).isEmpty()).isTrue();
    }

    /// As with `weekly: 8, wal-for: 35d`.
    @Test
    void gapsBetweenOldBackupsThatRulesKeepAreNoDamageAndOthersAre() {
        var server = new ModelBackup(8);
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var rules = new KeepPolicy(4, Duration.ZERO, 0, 0, 0);
        for (int i = 0; i < 6; i++) {
            store.pass(Duration.ofHours(1));
            Stream.of(1, 2, 3, 4).forEach(_ -> server.archive(store));
            BackupRecord _ = server.take(store, store.now(), 0);
        }
        SweepResult result =
                new Sweeper(repository, rules, Optional.of(Duration.ofMinutes(30)), step -> {})
                        .run();
        assertThat(result.walObjects()).isPositive();
        WalIndex index = WalIndex.read(store, ModelBackup.SYSTEM);
        assertThat(index.gaps()).hasSizeGreaterThan(1);
        assertThat(new Verification(Repository.open(store), 1, read -> {}).run().isComplete())
                .isTrue();

        SweepResult _ = new Sweeper(repository, rules, Optional.empty(), step -> {}).run();
        assertThat(new Verification(Repository.open(store), 1, read -> {}).run().isComplete())
                .as("what is gone stays meant")
                .isTrue();
        store.pass(Duration.ofHours(1));
        Stream.of(1, 2, 3, 4).forEach(_ -> server.archive(store));
        List<String> wal = store.names().stream().filter(each -> each.startsWith("wal/")).toList();
        store.delete(new ObjectName(wal.get(wal.size() - 2)));
        BackupRecord _ = server.take(store, store.now(), 0);
        assertThat(new Verification(Repository.open(store), 1, read -> {}).run().gaps())
                .as("of later WAL")
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource(SweepStep.class)
    void sweepThatWasKilledAnywhereIsFinishedByTheNextOne(SweepStep last) {
        var server = new ModelBackup(2);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        interrupted(server);
        for (int times = 1; times <= 2; times++) {
            List<BackupRecord> backups = take(server, 5);
            var left = new AtomicInteger(times);
            assertThatThrownBy(() ->
                            sweeper(
                                            store,
                                            step -> {
                                                if (step == last && left.decrementAndGet() == 0) {
                                                    throw new IllegalStateException("killed");
                                                }
                                            })
                                    .run())
                    .as("%s is reached %d times", last, times)
                    .hasMessage("killed");
            requireWhole();
            BackupRecord next = server.take(store, store.now(), 0);
            requireWhole();
            SweepResult _ = sweeper(store, step -> {}).run();
            assertThat(new BackupCatalog(Repository.open(store)).all())
                    .containsExactly(backups.getLast(), next);
            requireWhole();
            requireNothingLeft();
            if (last == SweepStep.TOMBSTONE_WRITTEN || last == SweepStep.TOMBSTONE_GONE) {
                return;
            }
        }
    }

    @Test
    void interruptedBackupIsGoneOnFromAndThenGoes() {
        var server = new ModelBackup(3);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        interrupted(server);
        assertThat(packs()).isNotEmpty();
        Set<PackId> stored = packs();
        store.pass(Duration.ofDays(1));
        assertThat(sweeper(store, step -> {}).plan(store.now()).isEmpty())
                .as("nothing goes where there is no backup")
                .isTrue();
        BackupRecord backup = server.take(store, store.now(), 0);
        assertThat(used(backup)).containsAnyElementsOf(stored);
        SweepResult result = sweeper(store, step -> {}).run();
        assertThat(result.plan().interrupted()).hasSize(1);
        requireWhole();
        requireNothingLeft();
    }

    @Test
    void backupUnderWayIsWaitedForAndOneThatFellSilentIsGivenUp() {
        var server = new ModelBackup(4);
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 4);
        var catalog = new BackupCatalog(repository);
        ModelBackup.UnderWay underWay = server.begin(store, store.now(), 0);
        underWay.read();

        SweepResult result = sweeper(store, step -> {}).run();
        assertThat(result.waitsFor()).containsExactly(underWay.id());
        assertThat(catalog.all()).isEqualTo(backups);

        store.pass(Duration.ofHours(1));
        result = sweeper(store, step -> {}).run();
        assertThat(result.waitsFor()).isEmpty();
        assertThat(catalog.all()).isEqualTo(backups.subList(2, 4));
        assertThatThrownBy(underWay::publish)
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("given up")
                .hasMessageContaining("HINT: ");
        assertThat(catalog.all()).isEqualTo(backups.subList(2, 4));
    }

    @Test
    void backupThatBeganAfterTheTombstoneHoldsNothingUpAndTakesNothingFromIt() {
        var server = new ModelBackup(5);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        server.fill(1);
        BackupRecord old = server.take(store, store.now(), 0);
        store.pass(Duration.ofMinutes(1));
        ModelBackup.UnderWay whole = server.begin(store, store.now(), 0);
        // It refers to packs of the old one, and is never heard of again.
        ModelBackup.UnderWay silent = server.begin(store, store.now(), 0);
        server.fill(2);
        whole.read();
        BackupRecord _ = whole.publish();
        whole.close();
        assertThat(sweeper(store, 1).run().waitsFor()).containsExactly(silent.id());
        server.fill(1);
        silent.read();

        server.fill(1);
        ModelBackup.UnderWay next = server.begin(store, store.now(), 0);
        next.read();
        server.fill(3);
        BackupRecord _ = server.take(store, store.now(), 0);
        store.pass(Duration.ofHours(1));
        next.renew();
        assertThat(sweeper(store, 1).run().waitsFor()).doesNotContain(silent.id());
        assertThat(new BackupCatalog(Repository.open(store)).find(old.backupId())).isEmpty();
        BackupRecord _ = next.publish();
        next.close();
        requireWhole();
    }

    @Test
    void walOfALaggingStandbyStaysOrIsRefused() {
        var server = new ModelBackup(8);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        ModelBackup.UnderWay lagging = server.begin(store, store.now(), 8);
        lagging.read();
        List<BackupRecord> _ = take(server, 3);
        lagging.renew();
        assertThat(sweeper(store, 1).run().waitsFor()).containsExactly(lagging.id());
        assertThatThrownBy(() -> server.take(store, store.now(), 40))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("removing the WAL")
                .hasMessageContaining("HINT: ");
        lagging.renew();
        BackupRecord needed = lagging.publish();
        lagging.close();
        Set<String> before = walFrom(needed);
        SweepResult _ = sweeper(store, 9).run();
        assertThat(walFrom(needed)).as("every moment from there on").isEqualTo(before);
    }

    /// A primary publishes a backup and dies before its last WAL has come to a standby.
    @Test
    void onlyBackupThatLeadsToTheNewLineStaysUntilThereIsAnotherOne() {
        var server = new ModelBackup(10);
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 3);
        BackupRecord leading = backups.get(1);
        BackupRecord lost = backups.get(2);
        server.fork(store, new Lsn(lost.stopLsn().value() - 500));
        SweepResult _ = sweeper(store, 1).run();
        assertThat(new BackupCatalog(repository).all()).containsExactly(leading, lost);
        assertThat(reach(leading)).as("the fork").isEqualTo(new Lsn(lost.stopLsn().value() - 500));
        requireWhole();

        List<BackupRecord> next = take(server, 1);
        SweepResult _ = sweeper(store, 1).run();
        assertThat(new BackupCatalog(repository).all()).isEqualTo(next);
        requireWhole();
        requireNothingLeft();
    }

    /// It had waited for a backup under way, which the primary has taken along.
    @Test
    void whatWasToGoIsLookedForAnewWhenTheClusterHasGoneOnFromAnEarlierPosition() {
        var server = new ModelBackup(12);
        Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 3);
        ModelBackup.UnderWay silent = server.begin(store, store.now(), 0);
        silent.read();
        assertThat(sweeper(store, 1).run().waitsFor()).containsExactly(silent.id());
        server.fork(store, new Lsn(backups.getLast().stopLsn().value() - 500));
        store.pass(Duration.ofHours(1));
        assertThat(sweeper(store, 1).run().waitsFor()).isEmpty();
        assertThat(new BackupCatalog(repository).all()).isEqualTo(backups.subList(1, 3));
        assertThat(reach(backups.get(1))).isGreaterThan(backups.get(1).stopLsn());
        requireWhole();
    }

    /// The other one may be about to remove the backup that it has just let go, however long ago it
    /// was written down.
    @Test
    void whatAnotherSweepHasJustLetGoIsNotTakenBack() {
        var server = new ModelBackup(13);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 3);
        BackupId oldest = backups.getFirst().backupId();
        ModelBackup.UnderWay silent = server.begin(store, store.now(), 0);
        silent.read();
        assertThat(sweeper(store, 1).run().waitsFor()).containsExactly(silent.id());
        store.pass(Duration.ofHours(5));
        SweepListener killed =
                step -> {
                    if (step == SweepStep.BACKUP_LET_GO) {
                        throw new IllegalStateException("killed");
                    }
                };
        assertThatThrownBy(() -> sweeper(store, killed).run()).hasMessage("killed");
        var keeps = new Keeps(store);
        assertThat(keeps.goneSince(oldest)).contains(store.now());
        server.fork(store, new Lsn(backups.getLast().stopLsn().value() - 500));
        SweepResult _ = sweeper(store, 5).run();
        assertThat(keeps.goneSince(oldest)).as("just now").isPresent();
        store.pass(Duration.ofHours(1));
        SweepResult _ = sweeper(store, 5).run();
        assertThat(keeps.goneSince(oldest)).as("nobody can be at it").isEmpty();
        requireWhole();
    }

    /// After a restore to a moment between two backups the second one leads nowhere; what is within
    /// reach of the new line is reached from the first one.
    @Test
    void walOfTheNewLineStaysThatLeadsFromTheBackupBeforeTheFork() {
        var server = new ModelBackup(11);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        BackupRecord before = take(server, 1).getFirst();
        List<BackupRecord> _ = take(server, 1);
        server.fork(store, new Lsn(before.stopLsn().value() + 500));
        BackupRecord after = take(server, 1).getFirst();
        for (long minutes : new long[] {150, 90, 30}) {
            SweepResult _ =
                    new Sweeper(
                                    Repository.open(store),
                                    KeepPolicy.ALL,
                                    Optional.of(Duration.ofMinutes(minutes)),
                                    step -> {})
                            .run();
            assertThat(reach(before)).as("%s", minutes).isGreaterThanOrEqualTo(after.stopLsn());
        }
    }

    /// How far WAL leads from a backup on the newest line.
    private Lsn reach(BackupRecord backup) {
        WalIndex index = WalIndex.read(store, ModelBackup.SYSTEM);
        TimelineHistory line = index.history(index.newest().orElseThrow()).orElseThrow();
        return index.reach(line, backup.timeline(), backup.startLsn());
    }

    private Set<String> walFrom(BackupRecord backup) {
        String first =
                new WalNames(ModelBackup.SYSTEM)
                        .segment(
                                WalSegment.at(
                                        backup.timeline(), backup.startLsn(), ModelBackup.SEGMENT))
                        .text();
        return new TreeSet<>(store.names()).tailSet(first);
    }

    @Test
    void packsOfWhichLittleIsNeededAreStoredAnewAndThenGo() {
        var server = new ModelBackup(6);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        Set<PackId> first = used(server.take(store, store.now(), 0));
        for (int round = 0; round < 60; round++) {
            store.pass(Duration.ofHours(1));
            BackupRecord _ = server.take(store, store.now(), 0);
            SweepResult _ = sweeper(store, step -> {}).run();
        }
        requireWhole();
        requireNothingLeft();
        assertThat(packs()).doesNotContainAnyElementsOf(first);
    }

    @Test
    void whatIsDamagedStopsASweepBeforeAnythingGoes() {
        var server = new ModelBackup(7);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        List<BackupRecord> backups = take(server, 4);
        ObjectName list = PackUse.object(backups.getLast().backupId().manifestFolder());
        store.put(list, Content.of(new byte[9]), PutMode.REPLACE);
        List<String> before = store.names();
        assertThatThrownBy(() -> sweeper(store, step -> {}).run())
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("list of packs")
                .hasMessageContaining("HINT: ");
        assertThat(store.names()).containsAll(before);
    }

    @Test
    void storeThatFailsHoldsASweepUpAndNothingMore() {
        for (long seed = 0; seed < 40; seed++) {
            var memory = new MemoryStore();
            var server = new ModelBackup(seed);
            Repository _ = Repository.openOrMake(memory, ModelBackup.SYSTEM);
            for (int i = 0; i < 4; i++) {
                memory.pass(Duration.ofHours(1));
                BackupRecord _ = server.take(memory, memory.now(), 0);
            }
            var faulty = new FaultyStore(memory, seed, 0.08);
            for (boolean done = false; !done; ) {
                try {
                    SweepResult _ = sweeper(faulty, step -> {}).run();
                    done = true;
                } catch (StoreUnavailableException e) {
                    assertThat(new Verification(Repository.open(memory), 1, read -> {}).run())
                            .matches(result -> result.isWhole());
                }
            }
            assertThat(new BackupCatalog(Repository.open(memory)).all()).hasSize(2);
        }
    }

    @Test
    void bucketThatFailsAllTheTimeHoldsWholeBackupsAndALieIsFoundOut() {
        try (var bucket = new S3Server(3, 0.03)) {
            ObjectStore store =
                    StoreAddress.open(bucket.address("orders", folder.resolve("credentials")));
            var server = new ModelBackup(9);
            Repository repository = Repository.openOrMake(store, ModelBackup.SYSTEM);
            for (int i = 0; i < 3; i++) {
                bucket.content().pass(Duration.ofHours(1));
                BackupRecord _ = server.take(store, bucket.content().now(), 0);
            }
            assertThat(sweeper(store, step -> {}).run().backups()).isOne();
            bucket.heal();
            assertThat(new Verification(repository, 2, read -> {}).run().damage()).isEmpty();
            assertThat(bucket.faults()).isPositive();

            bucket.lie();
            server.fill(1);
            assertThatThrownBy(() -> server.take(store, bucket.content().now(), 0))
                    .isInstanceOf(StoreUnavailableException.class)
                    .hasMessageContaining("does not have them whole")
                    .hasMessageContaining("HINT: ");
            assertThat(new BackupCatalog(repository).all()).hasSize(2);
        }
    }

    static LongStream seeds() {
        return LongStream.range(0, RACES);
    }

    /// Three that take backups, two that sweep and one that archives, all in one repository, held
    /// up and killed anywhere: whatever exists is whole at each moment, and in the end all is
    /// swept.
    @ParameterizedTest
    @MethodSource("seeds")
    void racesLoseNothingAndLeaveNothing(long seed) {
        var server = new ModelBackup(seed);
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        var newest = new TreeSet<String>();
        var turns =
                new Turns(
                        store,
                        seed,
                        seed % 3 == 0 ? 0 : 0.01,
                        changed -> {
                            if (!isNew(changed)) {
                                requireExistingWhole(newest);
                            }
                        });
        for (int i = 0; i < 3; i++) {
            int lag = i;
            turns.add(mine -> repeat(4, () -> server.take(mine, store.now(), lag)));
        }
        for (int i = 0; i < 2; i++) {
            int kept = 1 + i;
            turns.add(mine -> repeat(6, () -> sweeper(mine, kept).run()));
        }
        turns.add(mine -> repeat(12, () -> server.archive(mine)));
        turns.run();

        store.pass(Duration.ofHours(2));
        BackupRecord last = server.take(store, store.now(), 0);
        for (int i = 0; i < 3; i++) {
            SweepResult result = sweeper(store, step -> {}).run();
            assertThat(result.waitsFor()).isEmpty();
        }
        assertThat(new BackupCatalog(Repository.open(store)).newest()).contains(last);
        requireWhole();
        requireNothingLeft();
    }

    /// What is new and no backup cannot make one that exists less whole.
    private boolean isNew(ObjectName changed) {
        return !changed.last().equals("backup.json") && !store.list(changed.text(), null).isEmpty();
    }

    private static void repeat(int times, Runnable work) {
        for (int i = 0; i < times; i++) {
            try {
                work.run();
            } catch (BackupException e) {
                // Given up, or something went that was looked at: the next one works.
                assertThat(e).hasMessageContaining("HINT: ");
            }
        }
    }

    /// Every backup that exists has all its packs and all its WAL; and the newest stays.
    private void requireExistingWhole(Set<String> newest) {
        Set<String> names = new HashSet<>(store.names());
        List<BackupRecord> all = new BackupCatalog(Repository.open(store)).all();
        if (!all.isEmpty()) {
            newest.add(all.getLast().id());
            assertThat(all.getLast().id()).isEqualTo(newest.stream().max(String::compareTo).get());
        }
        for (BackupRecord backup : all) {
            for (PackId pack : used(backup)) {
                assertThat(names).as("%s", backup.id()).contains(pack.object().text());
            }
            long first = backup.startLsn().value() / ModelBackup.SEGMENT;
            long last = backup.stopLsn().value() / ModelBackup.SEGMENT;
            for (long number = first; number <= last; number++) {
                var segment = new WalSegment(backup.timeline(), number, ModelBackup.SEGMENT);
                assertThat(names)
                        .as("%s", backup.id())
                        .contains(new WalNames(ModelBackup.SYSTEM).segment(segment).text());
            }
        }
    }

    private void requireWhole() {
        assertThat(new Verification(Repository.open(store), 1, read -> {}).run().damage())
                .isEmpty();
    }

    /// No pack that nobody needs, no tombstone, nothing of a backup that is none but that it is
    /// none.
    private void requireNothingLeft() {
        List<BackupRecord> all = new BackupCatalog(Repository.open(store)).all();
        var needed = new HashSet<PackId>();
        all.forEach(backup -> needed.addAll(used(backup)));
        assertThat(packs()).isEqualTo(needed);
        assertThat(store.names()).noneMatch(name -> name.matches("sweeps/.*json"));
        Set<String> ids = new HashSet<>(all.stream().map(BackupRecord::id).toList());
        assertThat(
                        store.names().stream()
                                .filter(name -> name.startsWith("backups/"))
                                .filter(name -> !ids.contains(name.split("/", -1)[1])))
                .allMatch(name -> name.endsWith("/backup.json"));
    }

    private Set<PackId> packs() {
        return new HashSet<>(
                store.names().stream()
                        .flatMap(name -> PackId.parse(new ObjectName(name)).stream())
                        .toList());
    }

    private Set<PackId> used(BackupRecord backup) {
        return Set.copyOf(
                PackUse.read(store, backup.backupId().manifestFolder(), backup.manifest())
                        .packs()
                        .sorted());
    }

    private List<BackupRecord> take(ModelBackup server, int times) {
        var backups = new ArrayList<BackupRecord>();
        for (int i = 0; i < times; i++) {
            store.pass(Duration.ofHours(1));
            Stream.of(1, 2, 3, 4).forEach(_ -> server.archive(store));
            backups.add(server.take(store, store.now(), 1));
        }
        return backups;
    }

    /// A backup whose process ends in the middle of it, and leaves all it has.
    private void interrupted(ModelBackup server) {
        server.begin(store, store.now(), 0).read();
        assertThat(store.names()).anyMatch(name -> name.contains("manifest/0000"));
        assertThat(new BackupCatalog(Repository.open(store)).all()).isEmpty();
    }

    private void put(String name) {
        store.put(new ObjectName(name), Content.of(new byte[3]), PutMode.IF_ABSENT);
    }

    private static Sweeper sweeper(ObjectStore store, int last) {
        return new Sweeper(
                Repository.open(store),
                new KeepPolicy(last, Duration.ZERO, 0, 0, 0),
                Optional.empty(),
                step -> {});
    }

    private static Sweeper sweeper(ObjectStore store, SweepListener listener) {
        return new Sweeper(Repository.open(store), TWO, Optional.empty(), listener);
    }
}

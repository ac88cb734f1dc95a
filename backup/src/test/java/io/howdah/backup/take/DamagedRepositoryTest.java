package io.howdah.backup.take;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.manifest.PackUse;
import io.howdah.backup.pack.PackId;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.sweep.AvoidedPacks;
import io.howdah.backup.verify.Verification;
import io.howdah.backup.verify.VerifyResult;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What is damaged in a repository does not come into the next backup.
class DamagedRepositoryTest {

    private final MemoryStore store = new MemoryStore();
    private final ModelBackup server = new ModelBackup(1);

    @SuppressWarnings("NullAway.Init")
    private BackupRecord first;

    @BeforeEach
    void begin() {
        Repository _ = Repository.openOrMake(store, ModelBackup.SYSTEM);
        first = take();
    }

    @Test
    void packThatIsMissingIsNotReferredToThoughNobodyHasNoticed() {
        PackId lost = largestPack();
        store.delete(lost.object());
        BackupRecord second = take();
        assertThat(verify().affected()).containsExactly(first.id());
        assertThat(packs(second).keySet()).doesNotContain(lost);
    }

    @Test
    void packThatWasFoundDamagedIsNotReferredToUntilItIsWellAgain() throws IOException {
        ObjectName pack = largestPack().object();
        byte[] content = store.get(pack).readAllBytes();
        replace(pack, new byte[content.length]);
        BackupRecord poisoned = take();
        assertThat(verify().affected()).containsExactly(first.id(), poisoned.id());
        BackupRecord healed = take();
        assertThat(verify().affected()).containsExactly(first.id(), poisoned.id());
        assertThat(packs(healed).keySet()).doesNotContain(largestPack());
        assertThat(AvoidedPacks.damaged(store).read()).containsExactly(largestPack());

        replace(pack, content);
        assertThat(verify().isWhole()).isTrue();
        assertThat(AvoidedPacks.damaged(store).read()).isEmpty();
    }

    @Test
    void damagedManifestIsNotGoneOnFrom() throws IOException {
        BackupRecord second = take();
        var part = new ObjectName(second.backupId().manifestFolder() + "/00000001.zst");
        byte[] content = store.get(part).readAllBytes();
        content[content.length / 2] ^= 1;
        replace(part, content);
        BackupRecord third = take();
        assertThat(verify().affected()).containsExactly(second.id());
        assertThat(packs(third).keySet())
                .as("an older one does as well")
                .containsAnyElementsOf(packs(first).keySet());
    }

    @Test
    void backupThatIsTakenAnewRefersToNothingThatWasThere() {
        BackupRecord anew = server.takeAnew(store, store.now());
        assertThat(packs(anew).keySet()).doesNotContainAnyElementsOf(packs(first).keySet());
        assertThat(verify().isWhole()).isTrue();
    }

    @Test
    void backupOfWhichTheStoreHasKeptHalfAPackDoesNotExistAndTheNextOneIsWhole() {
        requireRefused(name -> name.text().endsWith(".pack"), "does not have them whole");
    }

    @Test
    void backupOfWhichTheStoreHasKeptHalfItsManifestDoesNotExistEither() {
        requireRefused(name -> name.last().equals("packs.zst"), "bytes of the manifest");
    }

    @Test
    void partOfAManifestThatTheStoreHasKeptInHalfIsNotGoneOnFrom() {
        requireRefused(name -> name.last().equals("00000001.zst"), "bytes of the manifest");
    }

    private void requireRefused(Predicate<ObjectName> cut, String how) {
        var halves = new FaultyStore(store, 1, 0);
        halves.cut(cut);
        server.fill(7);
        store.pass(Duration.ofHours(1));
        assertThatThrownBy(() -> server.take(halves, store.now(), 0))
                .isInstanceOf(StoreUnavailableException.class)
                .hasMessageContaining(how)
                .hasMessageContaining("HINT: ");
        assertThat(new BackupCatalog(Repository.open(store)).all()).containsExactly(first);

        BackupRecord next = take();
        assertThat(new BackupCatalog(Repository.open(store)).all()).containsExactly(first, next);
        assertThat(verify().isWhole()).isTrue();
    }

    private BackupRecord take() {
        store.pass(Duration.ofHours(1));
        return server.take(store, store.now(), 0);
    }

    private VerifyResult verify() {
        return new Verification(Repository.open(store), 1, read -> {}).run();
    }

    private Map<PackId, Long> packs(BackupRecord backup) {
        var packs = new HashMap<PackId, Long>();
        PackUse.read(store, backup.backupId().manifestFolder(), backup.manifest())
                .packs()
                .forEach(packs::put);
        return packs;
    }

    /// Of those of the first backup; the same one at each call.
    private PackId largestPack() {
        return packs(first).entrySet().stream()
                .max(
                        Map.Entry.<PackId, Long>comparingByValue()
                                .thenComparing(Map.Entry.comparingByKey()))
                .orElseThrow()
                .getKey();
    }

    private void replace(ObjectName name, byte[] content) {
        PutOutcome _ = store.put(name, Content.of(content), PutMode.REPLACE);
    }
}

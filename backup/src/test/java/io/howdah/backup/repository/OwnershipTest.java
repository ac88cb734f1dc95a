package io.howdah.backup.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.FaultyStore;
import io.howdah.backup.store.MemoryStore;
import io.howdah.backup.store.ObjectName;
import io.howdah.backup.store.PutMode;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnershipTest {

    private static final SystemId DATABASE = SystemId.parse("7301");

    @TempDir private Path folder;

    private final MemoryStore store = new MemoryStore();

    @Test
    void clusterKeepsItsRepositoryHoweverOftenItsLeaderChanges() {
        for (int leaders = 1; leaders <= 5; leaders++) {
            Ownership.claim(store, original(1, leaders));
            Ownership.claim(store, original(1, leaders));
            assertThat(Ownership.read(store).orElseThrow().tenure())
                    .isEqualTo(original(1, leaders).newest().orElseThrow());
        }
        assertThat(store.names())
                .as("what came before goes")
                .containsExactly("owners/00000005.json");
        // What happened longest ago is forgotten.
        Ownership.claim(store, original(5, 200));
        assertThat(Ownership.read(store).orElseThrow().tenure().epoch()).isEqualTo(200);
    }

    /// Of the same name, with the same nodes and the same howdah.yaml.
    @Test
    void copyOfAClusterIsRefusedUntilItTakesTheRepositoryOver() {
        Ownership.claim(store, original(1, 3));
        assertRefused(copy(1, 3));
        assertRefused(copy(1, 400));
        assertThat(Ownership.takeOver(store, copy(1, 2)).map(Owner::tenure))
                .isEqualTo(original(1, 3).newest());
        Ownership.claim(store, copy(1, 2));
        Ownership.claim(store, copy(1, 3));
        assertRefused(original(1, 3));
        assertRefused(original(1, 4));
        assertThat(Ownership.takeOver(store, copy(1, 3))).as("it is its own already").isEmpty();
    }

    /// As one whose agent has not heard of the newest yet; or that was deposed.
    @Test
    void nodeThatDoesNotKnowTheNewestLeaderWritesNothing() {
        Ownership.claim(store, original(1, 3));
        assertThatThrownBy(() -> Ownership.claim(store, original(1, 2)))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("whose leader is " + original(1, 3).newest().orElseThrow())
                .hasMessageContaining("HINT: see `howdah status`");
        Ownership.claim(store, original(1, 3));
    }

    @Test
    void nodeWhoseClusterHadNoLeaderWaits() {
        var none = new Lineage("orders", List.of());
        for (int round = 0; round < 2; round++) {
            assertThatThrownBy(() -> Ownership.claim(store, none))
                    .isInstanceOf(BackupException.class)
                    .hasMessageContaining("no leader of this node's cluster is known yet")
                    .hasMessageContaining("HINT: ");
            assertThatThrownBy(() -> Ownership.takeOver(store, none))
                    .hasMessageContaining("no leader");
            Ownership.claim(store, original(1, 1));
        }
        assertThatThrownBy(() -> Ownership.require(store, none)).hasMessageContaining("no leader");
    }

    @Test
    void serverOfNoClusterWritesOnlyWhereNoClusterDoes() {
        RepositoryMemory nobody = RepositoryMemory.none();
        Repository made = nobody.openOrMake(store, DATABASE);
        assertThat(nobody.openOrMake(store, DATABASE)).isEqualTo(made);
        Ownership.claim(store, original(1, 3));
        assertThatThrownBy(() -> nobody.openOrMake(store, DATABASE))
                .hasMessageContaining("belongs to the cluster orders (n3, epoch 3")
                .hasMessageContaining("HINT: name one of its nodes with --config FILE");
    }

    @Test
    void nodeGoesByItsFileAndIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path leaders = folder.resolve("leaders.json");
        RepositoryMemory memory = RepositoryMemory.of(folder.resolve("repositories.json"), leaders);
        assertThatThrownBy(() -> memory.openOrMake(store, DATABASE))
                .hasMessageContaining("no leader");
        original(1, 2).write(leaders);
        assertThat(Lineage.read(leaders)).isEqualTo(original(1, 2));
        Repository made = memory.openOrMake(store, DATABASE);
        assertThat(memory.open(store, DATABASE)).contains(made);
        copy(1, 2).write(leaders);
        List<String> before = store.names();
        assertThatThrownBy(() -> memory.openOrMake(store, DATABASE))
                .hasMessageContaining("another cluster with the same database")
                .hasMessageContaining("howdah backup take-over");
        assertThatThrownBy(() -> memory.open(store, DATABASE))
                .hasMessageContaining("nothing was written");
        assertThat(store.names()).isEqualTo(before);
    }

    @Test
    void damagedOwnerIsNotTakenForNone() {
        store.put(
                new ObjectName("owners/00000001.json"),
                Content.of(new byte[] {'{'}),
                PutMode.IF_ABSENT);
        assertThatThrownBy(() -> Ownership.claim(store, original(1, 3)))
                .hasMessageContaining("owners/00000001.json")
                .hasMessageContaining("is damaged")
                .hasMessageContaining("HINT: ");
    }

    /// All clusters want a repository that is nobody's, through a store that fails; one gets it.
    @Test
    void ofManyThatClaimItAtOnceOneGetsIt() throws Exception {
        for (int round = 0; round < 50; round++) {
            var fresh = new MemoryStore();
            long seed = round;
            var faulty = new FaultyStore(fresh, seed, 0.05);
            List<Callable<Boolean>> claims =
                    IntStream.range(0, 8)
                            .<Callable<Boolean>>mapToObj(
                                    cluster -> () -> claims(faulty, cluster(cluster, 1, 2)))
                            .toList();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                long owners = 0;
                for (Future<Boolean> claim : threads.invokeAll(claims)) {
                    owners += claim.get() ? 1 : 0;
                }
                assertThat(owners).as("seed " + seed).isLessThanOrEqualTo(1);
            }
            Optional<Owner> owner = Ownership.read(fresh);
            long knowing =
                    IntStream.range(0, 8)
                            .filter(cluster ->
                                    owner.isPresent()
                                            && cluster(cluster, 1, 2)
                                                    .includes(owner.get().tenure()))
                            .count();
            assertThat(knowing).as("seed " + seed).isLessThanOrEqualTo(1);
        }
    }

    private static boolean claims(FaultyStore store, Lineage lineage) {
        try {
            Ownership.claim(store, lineage);
            return true;
        } catch (BackupException e) {
            return false;
        }
    }

    private void assertRefused(Lineage lineage) {
        List<String> before = store.names();
        assertThatThrownBy(() -> Ownership.claim(store, lineage))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("belongs to another cluster with the same database: orders")
                .hasMessageContaining("HINT: ");
        assertThatThrownBy(() -> Ownership.require(store, lineage))
                .isInstanceOf(BackupException.class);
        assertThat(store.names()).isEqualTo(before);
    }

    private static Lineage original(long from, long to) {
        return cluster(0, from, to);
    }

    private static Lineage copy(long from, long to) {
        return cluster(1, from, to);
    }

    private static Lineage cluster(int number, long from, long to) {
        Instant beginning = Instant.parse("2026-11-01T00:00:00Z").plusMillis(number);
        return new Lineage(
                "orders",
                LongStream.rangeClosed(from, to)
                        .mapToObj(epoch ->
                                new Tenure(
                                        epoch,
                                        "n" + epoch,
                                        new TimelineId(epoch),
                                        beginning.plusSeconds(epoch)))
                        .toList());
    }
}

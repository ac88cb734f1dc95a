package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.consensus.Ledger;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreException;
import io.howdah.consensus.StoreSettings;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {

    @TempDir Path directory;

    @Test
    void incompleteGroupWaitsAndSaysForWhom() {
        try (Neighbours nodes = new Neighbours(directory, "n1", "n2")) {
            Store<Ledger, String> store = nodes.open("n1");

            Await.until("says so", () -> store.status().equals("waiting for n2 to appear"));
            assertThat(store.formed()).isNotDone();
            assertThat(store.submit("x"))
                    .failsWithin(java.time.Duration.ofSeconds(5))
                    .withThrowableThat()
                    .withCauseInstanceOf(StoreUnavailableException.class)
                    .withMessageContaining("waiting for n2");

            nodes.open("n2");
            nodes.awaitFormed("n1", "n2");
            assertThat(get(store.submit("x")).accepted()).isTrue();
        }
    }

    @Test
    void restartedNodeRejoinsUnderItsIdAndCatchesUp() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String name = nodes.follower();
            String id = nodes.store(name).introduction().self().peerId();
            get(nodes.store(name).submit("before"));

            nodes.close(name);
            get(nodes.store(nodes.leader()).submit("meanwhile"));
            nodes.open(name);

            assertThat(nodes.store(name).introduction().self().peerId()).isEqualTo(id);
            nodes.awaitSame(List.of("before", "meanwhile"));
            assertThat(get(nodes.store(name).submit("after")).accepted()).isTrue();
        }
    }

    @Test
    void restartOfAllKeepsTheDocument() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("kept"));
            for (String name : List.of("n1", "n2", "n3")) {
                nodes.close(name);
            }

            for (String name : List.of("n1", "n2", "n3")) {
                nodes.open(name);
            }

            nodes.leader();
            assertThat(get(nodes.store("n2").read()).state().words()).containsExactly("kept");
            nodes.awaitSame(List.of("kept"));
        }
    }

    /// The successor's first entry often reaches the node that goes, and its answer does not
    /// return.
    @Test
    void twoOfThreeWorkOnHoweverOftenTheirLeaderIsRestarted() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            nodes.close(nodes.follower());

            for (int i = 0; i < 8; i++) {
                String leader = nodes.leader();
                nodes.close(leader);
                nodes.open(leader);

                assertThat(get(nodes.store(nodes.leader()).submit("" + i)).accepted()).isTrue();
            }
        }
    }

    @Test
    void nodeWithoutItsStorageJoinsAsANewPeerAndTheOldOneIsGone() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String name = nodes.follower();
            String survivor = nodes.leader();
            Peer old = nodes.store(name).introduction().self();
            get(nodes.store(name).submit("before"));

            nodes.close(name);
            nodes.wipe(name);
            nodes.open(name);
            nodes.awaitFormed(name);

            Peer now = nodes.store(name).introduction().self();
            assertThat(now.peerId()).isNotEqualTo(old.peerId());
            Await.until(
                    "group knows the new one alone",
                    () ->
                            nodes.store(survivor).peers().contains(now)
                                    && !nodes.store(survivor).peers().contains(old));
            assertThat(nodes.store(survivor).peers()).hasSize(3);
            nodes.awaitSame(List.of("before"));
            assertThat(get(nodes.store(name).submit("after")).accepted()).isTrue();
        }
    }

    @Test
    void groupGrowsAndShrinks() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("three"));

            nodes.open("n4");
            nodes.awaitFormed("n4");

            assertThat(get(nodes.store("n4").submit("four")).result().state().words())
                    .containsExactly("three", "four");
            nodes.awaitSame(List.of("three", "four"));
            assertThat(Neighbours.sortedNames(nodes.store("n4").peers()))
                    .containsExactly("n1", "n2", "n3", "n4");

            String leaving = nodes.follower();
            String staying = nodes.leader();
            get(nodes.store(staying).removePeer(leaving));

            assertThat(Neighbours.sortedNames(nodes.store(staying).peers()))
                    .hasSize(3)
                    .doesNotContain(leaving);
            assertThat(get(nodes.store(staying).submit("less")).accepted()).isTrue();
            assertThat(get(nodes.store(staying).removePeer(leaving))).isNull();
        }
    }

    @Test
    void leaderTakesItselfOutAndTheOthersGoOn() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String leaving = nodes.leader();
            get(nodes.store(leaving).submit("before"));
            String staying = leaving.equals("n1") ? "n2" : "n1";

            get(nodes.store(leaving).removePeer(leaving));

            Await.until(
                    "the others agree without it",
                    () ->
                            nodes.store(staying).peers().size() == 2
                                    && nodes.store(staying)
                                            .leader()
                                            .filter(peer -> !peer.nodeName().equals(leaving))
                                            .isPresent());
            assertThat(get(nodes.store(staying).submit("after")).result().state().words())
                    .containsExactly("before", "after");
        }
    }

    @Test
    void nodeAloneWorksAndTakesOthersIn() {
        try (Neighbours nodes = new Neighbours(directory, "n1")) {
            get(nodes.open("n1").formed());
            assertThat(get(nodes.store("n1").submit("alone")).accepted()).isTrue();
            assertThat(nodes.store("n1").status()).isEqualTo("1 peers, leader n1");
        }
    }

    @Test
    void snapshotAndTheRestOfTheLogGiveTheSameDocument() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            List<String> words = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                words.add("");
            }
            submit(nodes.store("n1"), words.size());
            assertThat(hasFile(nodes.directory("n1"), "sm/snapshot.")).isTrue();
            long index = nodes.store("n1").seen().index();

            nodes.close("n1");
            nodes.open("n1");

            nodes.leader();
            assertThat(get(nodes.store("n1").read()).state().words()).isEqualTo(words);
            assertThat(nodes.store("n1").seen().index()).isEqualTo(index);
        }
    }

    @Test
    void nodeThatNeedsAPurgedLogGetsASnapshotFromTheLeader() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String name = nodes.follower();
            nodes.close(name);
            nodes.wipe(name);
            submit(nodes.store(nodes.leader()), 2100);
            // A new term begins a new file, so that the old one can go with the next snapshot.
            String restarted = nodes.leader();
            nodes.close(restarted);
            nodes.open(restarted);
            String leader = nodes.leader();
            submit(nodes.store(leader), 2100);
            Await.until("first log file purged", () -> !hasFile(nodes.directory(leader), "log_0-"));

            nodes.open(name);
            nodes.awaitFormed(name);

            get(nodes.store(name).submit("last"));
            Await.until(
                    "caught up", () -> nodes.store(name).seen().equals(nodes.store(leader).seen()));
            assertThat(nodes.store(name).seen().state().words()).hasSize(4201).endsWith("last");
        }
    }

    private static void submit(Store<Ledger, String> store, int count) {
        List<CompletableFuture<?>> outcomes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            outcomes.add(store.submit(""));
            if (outcomes.size() == 200 || i == count - 1) {
                outcomes.forEach(Neighbours::get);
                outcomes.clear();
            }
        }
    }

    private static boolean hasFile(Path directory, String part) {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.anyMatch(file -> file.toString().contains(part));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void secondNodeOfTheSameNameIsRefusedAndTheFirstGoesOn() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            List<Peer> before = nodes.store("n1").peers();
            StoreSettings twin =
                    StoreSettings.of(
                            "test",
                            "n2",
                            directory.resolve("twin"),
                            "127.0.0.1",
                            FreePorts.one(),
                            List.of("n1", "n2", "n3"));
            try (Store<Ledger, String> second =
                    MendingStore.open(
                            twin,
                            new Ledger.Type(),
                            name -> name.equals("n2") ? Optional.empty() : nodes.ask(name))) {
                Await.until(
                        "says so",
                        () ->
                                second.status()
                                                .startsWith(
                                                        "refused: a node named n2 runs already, at ")
                                        && second.status().contains("HINT: "));

                assertThat(second.formed()).isNotDone();
                assertThat(get(nodes.store("n2").submit("on")).accepted()).isTrue();
                assertThat(nodes.store("n1").peers()).isEqualTo(before);
            }
        }
    }

    @Test
    void directoryInUseIsRefused() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            assertThatThrownBy(() -> nodes.open("n1"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("in use")
                    .hasMessageContaining("HINT:");
        }
    }

    @Test
    void directoryOfAnotherClusterIsRefused() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            nodes.close("n1");
            var other =
                    io.howdah.consensus.StoreSettings.of(
                            "other", "n1", nodes.directory("n1"), "127.0.0.1", 1, List.of("n1"));
            assertThatThrownBy(() -> RatisStore.open(other, new Ledger.Type(), nodes))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("belongs to node n1 of cluster test")
                    .hasMessageContaining("HINT:");
        }
    }

    @Test
    void takenPortIsNamed() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            var settings = nodes.settings("n1");
            var other =
                    io.howdah.consensus.StoreSettings.of(
                            "test",
                            "n9",
                            directory.resolve("n9"),
                            settings.host(),
                            settings.port(),
                            List.of("n9"));
            assertThatThrownBy(() -> RatisStore.open(other, new Ledger.Type(), nodes))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot listen on 127.0.0.1:" + settings.port())
                    .hasMessageContaining("HINT:");
        }
    }

    @Test
    void missingLogIsDamageAndNotAFreshStart() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            get(nodes.store("n1").submit("x"));
            nodes.close("n1");
            nodes.wipe("n1/raft");

            assertThatThrownBy(() -> nodes.open("n1"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("is missing")
                    .hasMessageContaining("HINT: if the other nodes run");
        }
    }

    @Test
    void damagedLogIsNamed() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            get(nodes.store("n1").submit("x"));
            nodes.close("n1");
            try (Stream<Path> files = Files.walk(nodes.directory("n1"))) {
                for (Path file : files.filter(each -> each.toString().contains("log_")).toList()) {
                    byte[] bytes = Files.readAllBytes(file);
                    bytes[bytes.length > 40 ? 30 : 0] ^= 0x55;
                    Files.write(file, bytes);
                }
            }

            assertThatThrownBy(() -> nodes.open("n1"))
                    .isInstanceOf(StoreException.class)
                    .hasMessageContaining("cannot start from the storage")
                    .hasMessageContaining("HINT: if the other nodes run");
        }
    }
}

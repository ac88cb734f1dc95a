package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.howdah.consensus.Ledger;
import io.howdah.consensus.Peer;
import io.howdah.consensus.Store;
import io.howdah.consensus.StoreException;
import io.howdah.testing.Await;
import io.howdah.testing.SmallVolume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MendingStoreTest {

    private static final int VOLUME_MEGABYTES = 24;

    @TempDir Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"log_", "raft-meta", "identity", "raft"})
    void damagedStorageIsPutAsideAndItsNodeRejoinsAsANewPeer(String damaged) throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("before"));
            String name = nodes.follower();
            String former = nodes.store(name).introduction().self().peerId();
            nodes.close(name);
            damage(nodes, name, damaged);

            nodes.openMending(name);

            nodes.awaitFormed(name);
            assertThat(nodes.store(name).introduction().self().peerId()).isNotEqualTo(former);
            assertThat(get(nodes.store(name).submit("after")).accepted()).isTrue();
            nodes.awaitSame(List.of("before", "after"));
            for (Store<Ledger, String> store : nodes.stores()) {
                assertThat(store.peers()).extracting(Peer::peerId).doesNotContain(former);
            }
            assertThat(nodes.directory(name).resolve("damaged-1")).isNotEmptyDirectory();
        }
    }

    private static void damage(Neighbours nodes, String name, String damaged) throws IOException {
        if (damaged.equals("raft")) {
            nodes.wipe(name + "/raft");
            return;
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(nodes.directory(name))) {
            files = all.filter(file -> file.getFileName().toString().startsWith(damaged)).toList();
        }
        assertThat(files).isNotEmpty();
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = Math.min(bytes.length / 2, 24); i < Math.min(bytes.length, 64); i++) {
                bytes[i] ^= 0x55;
            }
            Files.write(file, bytes);
        }
    }

    @Test
    void damagedSnapshotIsPutAsideToo() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String name = nodes.follower();
            for (int i = 0; i < 11; i++) {
                IntStream.range(0, 200)
                        .mapToObj(_ -> nodes.store("n1").submit("no"))
                        .toList()
                        .forEach(Neighbours::get);
            }
            get(nodes.store("n1").submit("before"));
            Await.until("a snapshot", () -> !snapshots(nodes, name).isEmpty());
            nodes.close(name);
            for (Path snapshot : snapshots(nodes, name)) {
                byte[] bytes = Files.readAllBytes(snapshot);
                bytes[bytes.length / 2] ^= 0x55;
                Files.write(snapshot, bytes);
            }

            nodes.openMending(name);

            nodes.awaitFormed(name);
            Await.until(
                    "caught up", () -> nodes.store(name).seen().state().words().contains("before"));
            assertThat(nodes.directory(name).resolve("damaged-1")).isNotEmptyDirectory();
        }
    }

    private static List<Path> snapshots(Neighbours nodes, String name) {
        try (Stream<Path> all = Files.walk(nodes.directory(name).resolve("raft"))) {
            return all.filter(file -> file.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void damagedNodesFoundNoGroupButWaitAndSaySo() throws IOException {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("kept"));
            for (String name : List.of("n1", "n2", "n3")) {
                nodes.close(name);
            }
            damage(nodes, "n1", "log_");
            damage(nodes, "n2", "log_");

            Store<Ledger, String> first = nodes.openMending("n1");
            Store<Ledger, String> second = nodes.openMending("n2");

            for (Store<Ledger, String> store : List.of(first, second)) {
                Await.until(
                        "says so",
                        () ->
                                store.status()
                                        .contains("waiting for a node that still knows the group"));
                assertThat(store.status()).contains("damaged-1");
                assertThat(store.formed()).isNotDone();
            }
            // one of three that knows the group is no majority: it can take nobody in
            nodes.openMending("n3");
            Await.until("joining", () -> first.status().contains("joining the group"));
            assertThat(first.formed()).isNotDone();
            assertThat(second.formed()).isNotDone();
            assertThat(nodes.store("n3").leader()).isEmpty();
        }
    }

    @Test
    void fullVolumeIsSaidAndTheNodeGoesOnWhenThereIsSpace() {
        try (Neighbours nodes = new Neighbours(directory, "n1", "n2", "n3")) {
            var mounted = SmallVolume.mount(nodes.directory("n2"), VOLUME_MEGABYTES);
            assumeTrue(mounted.isPresent(), "only root may mount a small volume");
            try (SmallVolume volume = mounted.get()) {
                for (String name : List.of("n1", "n2", "n3")) {
                    nodes.openMending(name);
                }
                nodes.awaitFormed("n1", "n2", "n3");
                String former = nodes.store("n2").introduction().self().peerId();

                volume.fill();
                // refused, and so not in the document, but written to the log
                String refused = "no".repeat(50_000);
                Await.until(
                        "n2 says that its volume is full",
                        () -> {
                            submit(nodes.store("n1"), refused);
                            return nodes.store("n2").status().contains("No space left on device")
                                    && nodes.store("n2").status().contains("HINT: free ");
                        });
                assertThat(get(nodes.store("n1").submit("meanwhile")).accepted()).isTrue();
                assertThat(nodes.store("n2").submit("no").isCompletedExceptionally()).isTrue();

                volume.free();

                Await.untilSeen(
                        "n2 is back",
                        () ->
                                Stream.of("n1", "n2", "n3")
                                        .map(name -> name + ": " + nodes.store(name).status())
                                        .toList(),
                        statuses -> statuses.get(1).contains("peers, leader n"));
                assertThat(get(nodes.store("n2").submit("after")).accepted()).isTrue();
                nodes.awaitSame(List.of("meanwhile", "after"));
                // whole or put aside: in no case damaged and under the old id
                assertThat(
                                nodes.store("n2").introduction().self().peerId().equals(former)
                                        || Files.exists(volume.directory().resolve("damaged-1")))
                        .isTrue();
            } finally {
                nodes.closeAll();
            }
        }
    }

    private static void submit(Store<Ledger, String> store, String word) {
        try {
            assertThat(store.submit(word).join().accepted()).isFalse();
        } catch (CompletionException e) {
            // the leader was on the full volume: another one is elected
            assertThat(e.getCause()).isInstanceOf(StoreException.class);
        }
    }

    @Test
    void readOnlyVolumeIsRefusedWithAHintAndNothingIsPutAside() throws IOException {
        try (Neighbours nodes = new Neighbours(directory, "n1", "n2")) {
            var mounted = SmallVolume.mount(nodes.directory("n1"), VOLUME_MEGABYTES);
            assumeTrue(mounted.isPresent(), "only root may mount a small volume");
            try (SmallVolume volume = mounted.get()) {
                nodes.openMending("n1");
                nodes.openMending("n2");
                nodes.awaitFormed("n1", "n2");
                nodes.close("n1");
                assumeTrue(volume.setReadOnly(true), "it cannot be made read-only");

                assertThatThrownBy(() -> nodes.openMending("n1"))
                        .isInstanceOf(StoreException.class)
                        .hasMessageContaining("Read-only file system")
                        .hasMessageContaining("HINT:");

                assertThat(volume.setReadOnly(false)).isTrue();
                assertThat(volume.directory().resolve("damaged-1")).doesNotExist();
                nodes.openMending("n1");
                nodes.awaitFormed("n1");
                assertThat(get(nodes.store("n1").submit("on")).accepted()).isTrue();
                nodes.close("n1");
            }
        }
    }
}

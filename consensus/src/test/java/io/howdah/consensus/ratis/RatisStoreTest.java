package io.howdah.consensus.ratis;

import static io.howdah.consensus.ratis.Neighbours.get;
import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.consensus.Ledger;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.Store;
import io.howdah.consensus.Versioned;
import io.howdah.testing.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RatisStoreTest {

    @TempDir Path directory;

    @Test
    void commandOfAFollowerIsAppliedEverywhere() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            Outcome<Ledger> outcome = get(nodes.store(nodes.follower()).submit("hello"));

            assertThat(outcome.accepted()).isTrue();
            assertThat(outcome.result().state().words()).containsExactly("hello");
            nodes.awaitSame(List.of("hello"));
            for (Store<Ledger, String> store : nodes.stores()) {
                assertThat(store.seen()).isEqualTo(outcome.result());
            }
        }
    }

    @Test
    void refusalTravelsBackAndChangesNothing() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            get(nodes.store("n1").submit("yes"));

            Outcome<Ledger> outcome = get(nodes.store(nodes.follower()).submit("nonsense"));

            assertThat(outcome.refusal()).isEqualTo("did not like nonsense");
            assertThat(outcome.result().state().words()).containsExactly("yes");
        }
    }

    @Test
    void commandThatThrowsIsRefusedAndTheGroupGoesOn() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            assertThat(get(nodes.store("n1").submit("boom")).refusal()).contains("a bug");
            assertThat(get(nodes.store("n1").submit("on")).accepted()).isTrue();
        }
    }

    @Test
    void readOnAnyNodeSeesWhatAnotherNodeHasWritten() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            List<String> expected = new ArrayList<>();
            List<String> names = List.of("n1", "n2", "n3");
            for (int i = 0; i < 30; i++) {
                String word = "w" + i;
                Outcome<Ledger> written = get(nodes.store(names.get(i % 3)).submit(word));
                expected.add(word);

                Versioned<Ledger> read = get(nodes.store(names.get((i + 1) % 3)).read());

                assertThat(read.state().words()).isEqualTo(expected);
                assertThat(read.index()).isEqualTo(written.result().index());
            }
        }
    }

    @Test
    void watcherHearsOfTheLatestInOrderAndASlowOneStopsNobody() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            List<Versioned<Ledger>> heard = new CopyOnWriteArrayList<>();
            CompletableFuture<Void> hold = new CompletableFuture<>();
            nodes.store("n1").watch(heard::add);
            nodes.store("n1").watch(state -> hold.join());

            for (int i = 0; i < 20; i++) {
                get(nodes.store("n2").submit("w" + i));
            }

            Await.until("last word", () -> heard.getLast().state().words().size() == 20);
            assertThat(heard).extracting(Versioned::index).isSorted().doesNotHaveDuplicates();
            hold.complete(null);
        }
    }

    @Test
    void closedWatcherHearsNothingMore() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1")) {
            List<Versioned<Ledger>> heard = new CopyOnWriteArrayList<>();
            List<Versioned<Ledger>> other = new CopyOnWriteArrayList<>();
            var subscription = nodes.store("n1").watch(heard::add);
            nodes.store("n1").watch(other::add);
            Await.until("first call", () -> !heard.isEmpty());

            subscription.close();
            get(nodes.store("n1").submit("later"));

            Await.until("other", () -> other.getLast().state().words().contains("later"));
            assertThat(heard).extracting(Versioned::state).containsOnly(Ledger.EMPTY);
        }
    }

    @Test
    void leaderThatClosesHandsOver() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String leader = nodes.leader();
            String survivor = nodes.follower();
            get(nodes.store(survivor).submit("before"));

            nodes.close(leader);

            assertThat(get(nodes.store(survivor).submit("after")).result().state().words())
                    .containsExactly("before", "after");
            assertThat(nodes.leader()).isNotEqualTo(leader);
        }
    }

    @Test
    void nothingIsLostOrAppliedTwiceWhenTheLeaderIsKilled() {
        try (Neighbours nodes = Neighbours.formed(directory, "n1", "n2", "n3")) {
            String survivor = nodes.follower();
            List<CompletableFuture<Outcome<Ledger>>> outcomes = new ArrayList<>();
            for (int i = 0; i < 60; i++) {
                if (i == 20) {
                    String leader = nodes.leader();
                    Thread.ofVirtual().start(() -> nodes.kill(leader));
                }
                outcomes.add(nodes.store(survivor).submit("w" + i));
            }
            List<String> acknowledged = new ArrayList<>();
            for (int i = 0; i < outcomes.size(); i++) {
                if (get(outcomes.get(i).handle((done, failed) -> failed == null))) {
                    acknowledged.add("w" + i);
                }
            }
            Await.until("two left", () -> nodes.stores().size() == 2);
            get(nodes.store(survivor).submit("end"));
            List<String> words = get(nodes.store(survivor).read()).state().words();

            assertThat(words).doesNotHaveDuplicates().containsAll(acknowledged).contains("end");
            nodes.awaitSame(words);
        }
    }
}

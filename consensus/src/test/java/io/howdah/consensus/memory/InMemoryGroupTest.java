package io.howdah.consensus.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.consensus.Ledger;
import io.howdah.consensus.Outcome;
import io.howdah.consensus.StoreUnavailableException;
import io.howdah.consensus.Versioned;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class InMemoryGroupTest {

    private final InMemoryGroup<Ledger, String> group =
            new InMemoryGroup<>(new Ledger.Type(), List.of("n1", "n2", "n3"));

    @Test
    void nothingHappensUntilDelivered() {
        CompletableFuture<Outcome<Ledger>> outcome = group.store("n2").submit("hello");

        assertThat(outcome).isNotDone();
        group.deliverNext();
        assertThat(outcome.join().result()).isEqualTo(new Versioned<>(1, ledger("hello")));
        assertThat(group.store("n1").seen().index()).isZero();
        group.applyNext("n1");
        assertThat(group.store("n1").seen()).isEqualTo(outcome.join().result());
        assertThat(group.store("n3").seen().index()).isZero();
    }

    @Test
    void refusalTravelsBack() {
        group.deliverAtOnce(true);

        Outcome<Ledger> outcome = group.store("n1").submit("nope").join();

        assertThat(outcome.refusal()).isEqualTo("did not like nope");
    }

    @Test
    void readIsNeverStale() {
        group.store("n1").submit("a").isDone();
        group.deliverNext();
        CompletableFuture<Versioned<Ledger>> read = group.store("n3").read();

        group.deliverNext();

        assertThat(read.join().state()).isEqualTo(ledger("a"));
        assertThat(group.store("n3").seen()).isEqualTo(read.join());
    }

    @Test
    void nodeThatIsCutOffFailsAndCatchesUpLater() {
        group.setReachable("n3", false);
        CompletableFuture<Outcome<Ledger>> failing = group.store("n3").submit("lost");
        CompletableFuture<Outcome<Ledger>> working = group.store("n1").submit("kept");
        group.deliver();

        assertThat(failing)
                .isCompletedExceptionally()
                .failsWithin(java.time.Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(StoreUnavailableException.class);
        assertThat(working).isCompleted();
        assertThat(group.store("n3").seen().index()).isZero();

        group.setReachable("n3", true);
        group.deliver();
        assertThat(group.store("n3").seen().state()).isEqualTo(ledger("kept"));
    }

    @Test
    void withoutAMajorityNobodyIsAnswered() {
        group.setReachable("n2", false);
        group.setReachable("n3", false);
        CompletableFuture<Outcome<Ledger>> outcome = group.store("n1").submit("alone");
        group.deliver();

        assertThat(outcome).isCompletedExceptionally();
        assertThat(group.store("n1").leader()).isEmpty();
    }

    @Test
    void commandWithALostReplyIsAppliedAllTheSame() {
        group.loseNextReply();
        CompletableFuture<Outcome<Ledger>> outcome = group.store("n1").submit("applied");
        group.deliver();

        assertThat(outcome).isCompletedExceptionally();
        assertThat(group.store("n2").seen().state()).isEqualTo(ledger("applied"));
    }

    @Test
    void watcherHearsOfEveryChangeInOrderAndMaySubmit() {
        group.deliverAtOnce(true);
        List<Long> heard = new ArrayList<>();
        List<CompletableFuture<Outcome<Ledger>>> replies = new ArrayList<>();
        group.store("n2").watch(now -> heard.add(now.index()));
        group.store("n3")
                .watch(now -> {
                    if (now.index() == 1) {
                        replies.add(group.store("n3").submit("echo"));
                    }
                });

        replies.add(group.store("n1").submit("call"));

        assertThat(heard).containsExactly(0L, 1L, 2L);
        assertThat(group.store("n1").seen().state()).isEqualTo(ledger("call", "echo"));
        assertThat(replies).hasSize(2).allMatch(CompletableFuture::isDone);
    }

    private static Ledger ledger(String... words) {
        return new Ledger(List.of(words));
    }
}

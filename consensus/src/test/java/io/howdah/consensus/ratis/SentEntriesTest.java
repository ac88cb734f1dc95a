package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SentEntriesTest {

    private final SentEntries sent = new SentEntries();

    @Test
    void nothingSentIsNothingLost() {
        assertThat(sent.lost(-1, 7)).isEmpty();
    }

    @Test
    void answeredEntriesAreNotLost() {
        sent.add(7, 3, -1);

        assertThat(sent.lost(9, 10)).isEmpty();
    }

    /// A new leader knows of no match yet, and must not send its whole log again.
    @Test
    void unansweredEntriesAreLostFromTheFirstOn() {
        sent.add(7, 1, -1);
        sent.add(8, 2, -1);

        assertThat(sent.lost(-1, 10)).hasValue(7);
    }

    @Test
    void anAnswerToSomeLeavesTheRest() {
        sent.add(7, 1, 6);
        sent.add(8, 2, 6);

        assertThat(sent.lost(8, 10)).hasValue(9);
    }

    @Test
    void whatWasAnsweredBeforeIsNotCountedAgain() {
        sent.add(7, 1, 6);
        sent.add(8, 1, 7);

        assertThat(sent.lost(7, 9)).hasValue(8);
    }

    @Test
    void refusalSetTheFollowerBackAlready() {
        sent.add(7, 3, -1);

        assertThat(sent.lost(-1, 4)).isEmpty();
    }

    @Test
    void sentAgainFromFurtherBackIsLostFromThere() {
        sent.add(7, 3, -1);
        sent.add(4, 6, -1);

        assertThat(sent.lost(-1, 10)).hasValue(4);
    }
}

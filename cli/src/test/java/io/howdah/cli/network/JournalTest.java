package io.howdah.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JournalTest {

    private final Journal journal = new Journal();

    private void row(long id, int timeline, long sentNanos, long toldNanos) {
        journal.add(new Journal.Row(id, "a", timeline, sentNanos, toldNanos));
    }

    @Test
    void formerPrimaryThatAcknowledgesAfterTheNextOneIsFound() {
        row(1, 1, 10, 20);
        row(2, 2, 30, 40);
        journal.assertOnePrimaryAcknowledged();

        row(3, 1, 41, 50);

        assertThatThrownBy(journal::assertOnePrimaryAcknowledged)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("id=3");
    }

    @Test
    void answerThatWasUnderWayMayArriveLate() {
        row(1, 1, 10, 60);
        row(2, 2, 30, 40);
        journal.assertOnePrimaryAcknowledged();
    }

    @Test
    void pauseIsTheLongestTimeWithoutAnyAnswer() {
        row(1, 1, 0, 2_000_000);
        row(2, 1, 0, 9_000_000);
        row(3, 1, 0, 11_000_000);
        assertThat(journal.longestPauseMillis(1_000_000)).isEqualTo(7);
        assertThat(journal.firstToldAfter(0)).isEqualTo(2_000_000);
        assertThat(journal.sentSince("a", -1)).isEqualTo(3);
        assertThat(journal.sentSince("b", -1)).isZero();
    }
}

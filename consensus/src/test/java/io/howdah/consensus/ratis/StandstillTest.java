package io.howdah.consensus.ratis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StandstillTest {

    private final Standstill standstill = new Standstill(3);

    @Test
    void whoHasNothingToDoDoesNotStandStill() {
        for (int look = 0; look < 10; look++) {
            assertThat(standstill.look(5, 5)).isFalse();
        }
    }

    @Test
    void whoGetsOnWithSomethingDoesNotStandStill() {
        for (int look = 0; look < 10; look++) {
            assertThat(standstill.look(100, look)).isFalse();
        }
    }

    @Test
    void asManyLooksWithoutAChangeAsAreAskedForAreAStandstillUntilItGoesOn() {
        assertThat(standstill.look(6, 5)).isFalse();
        assertThat(standstill.look(6, 5)).isFalse();
        assertThat(standstill.look(7, 5)).isFalse();
        assertThat(standstill.look(8, 5)).isTrue();
        assertThat(standstill.look(9, 5)).isTrue();
        assertThat(standstill.look(9, 6)).isFalse();
        assertThat(standstill.look(9, 6)).isFalse();
        assertThat(standstill.look(9, 9)).isFalse();
    }
}

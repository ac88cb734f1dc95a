package io.howdah.cli.chaos.check;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GapsTest {

    private final Gaps gaps = new Gaps();

    private void acknowledged(long... millis) {
        for (long each : millis) {
            gaps.acknowledged(each);
        }
    }

    @Test
    void outageLiesBetweenTwoAcknowledgements() {
        acknowledged(10, 20, 1_030, 1_040, 1_540);

        assertThat(gaps.longestMillis(15, 1_545)).isEqualTo(1_010);
        assertThat(gaps.longestMillis(1_035, 1_545)).isEqualTo(500);
        assertThat(gaps.longestMillis(0, 1_545)).isEqualTo(1_010);
    }

    @Test
    void outageThatBeganShortlyBeforeTheFaultCounts() {
        acknowledged(10, 500);

        assertThat(gaps.longestMillis(12, 505)).isEqualTo(490);
    }

    @Test
    void outageThatHasNotEndedCounts() {
        acknowledged(10, 20);

        assertThat(gaps.longestMillis(15, 3_020)).isEqualTo(3_000);
    }

    @Test
    void shortPausesAreNone() {
        acknowledged(10, 20, 40, 80);

        assertThat(gaps.longestMillis(0, 85)).isZero();
    }

    @Test
    void outageBelongsToNoLaterFault() {
        acknowledged(10, 1_010, 1_020, 1_030);

        assertThat(gaps.longestMillis(1_011, 1_035)).isZero();
        assertThat(gaps.longestMillis(0, 5)).isZero();
    }

    /// The last acknowledgement comes a moment before the fault that is felt.
    @Test
    void outageBelongsToNoEarlierFault() {
        acknowledged(10, 980, 3_000, 3_010);

        assertThat(gaps.longestMillis(990, 3_010)).isEqualTo(2_020);
        assertThat(gaps.longestMillis(0, 990)).isEqualTo(970);
    }

    @Test
    void outageIntoWhichAnotherFaultFallsBelongsToBoth() {
        acknowledged(10, 20, 3_000);

        assertThat(gaps.longestMillis(15, 1_000)).isEqualTo(2_980);
        assertThat(gaps.longestMillis(1_000, 3_005)).isEqualTo(2_980);
    }
}

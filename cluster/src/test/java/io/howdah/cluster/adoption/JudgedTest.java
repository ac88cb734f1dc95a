package io.howdah.cluster.adoption;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import org.junit.jupiter.api.Test;

class JudgedTest {

    private static final TimelineId TWO = new TimelineId(2);
    private static final TimelineId THREE = new TimelineId(3);
    private static final TimelineId FOUR = new TimelineId(4);
    private static final Lsn END = new Lsn(100);
    private static final Lsn LATER = new Lsn(200);

    private static final Judged STANDBY = new Judged(THREE, null);

    /// Stopped in order, and to be a standby from then on.
    private static final Judged FORMER_PRIMARY = new Judged(TWO, END);

    @Test
    void standbyMayFollowItsPrimaryUntilItIsTakenIn() {
        assertThat(STANDBY.objection(true, TWO, END)).isEmpty();
        assertThat(STANDBY.objection(true, THREE, LATER)).isEmpty();
    }

    @Test
    void promotedStandbyIsNotTakenInWhateverItIsByNow() {
        for (boolean standbys : new boolean[] {false, true}) {
            assertThat(STANDBY.objection(standbys, FOUR, LATER).orElseThrow())
                    .contains("on timeline 4 by now, above 3");
        }
    }

    @Test
    void standbyThatRanAsAPrimaryIsNotTakenInThoughItsTimelineIsTheSame() {
        assertThat(STANDBY.objection(false, THREE, LATER).orElseThrow())
                .contains("has run as a primary");
    }

    @Test
    void formerPrimaryIsTakenInAsItWasStoppedOrAsAStandbySince() {
        assertThat(FORMER_PRIMARY.objection(false, TWO, END)).isEmpty();
        assertThat(FORMER_PRIMARY.objection(true, TWO, LATER)).isEmpty();
        assertThat(FORMER_PRIMARY.objection(false, TWO, LATER).orElseThrow())
                .contains("has run as a primary");
        assertThat(FORMER_PRIMARY.objection(true, THREE, END)).isPresent();
    }
}

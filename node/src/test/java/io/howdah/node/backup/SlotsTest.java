package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SlotsTest {

    private static final Instant SLOT = Instant.parse("2026-11-29T00:00:00Z");

    private static final Instant LONG_AGO = Instant.EPOCH;

    private final Slots daily = new Slots(Duration.ofDays(1));

    @Test
    void eachSlotHasItsWorkDoneOnceAndAStandbysWorkerGoesFirst() {
        Instant begun = SLOT.plusSeconds(60);
        assertThat(daily.slot(begun)).isEqualTo(SLOT);
        assertThat(daily.name(begun)).isEqualTo("20261129-000000");
        assertThat(daily.isDue(begun, LONG_AGO, false, null)).isTrue();
        assertThat(daily.isDue(begun, LONG_AGO, true, null)).isFalse();
        assertThat(daily.isDue(SLOT.plusSeconds(3 * 3600), LONG_AGO, true, null)).isTrue();
        assertThat(daily.isDue(SLOT.plusSeconds(3 * 3600), LONG_AGO, false, begun)).isFalse();
        Instant started = SLOT.plusSeconds(3 * 3600 - 60);
        assertThat(daily.isDue(SLOT.plusSeconds(3 * 3600), started, true, null))
                .as("the standbys may be started in a moment")
                .isFalse();
        assertThat(daily.isDue(SLOT.plusSeconds(4 * 3600), started, true, null)).isTrue();
        assertThat(daily.isDue(SLOT.plusSeconds(24 * 3600), LONG_AGO, false, begun)).isTrue();
    }

    @Test
    void slotsBeginAtTheTimeOfDayThatIsWanted() {
        var atThree = new Slots(Duration.ofDays(1), Duration.ofHours(3));
        assertThat(atThree.slot(SLOT.plusSeconds(60))).isEqualTo("2026-11-28T03:00:00Z");
        assertThat(atThree.slot(SLOT.plusSeconds(3 * 3600))).isEqualTo("2026-11-29T03:00:00Z");
        assertThat(atThree.name(SLOT.plusSeconds(4 * 3600))).isEqualTo("20261129-030000");
    }
}

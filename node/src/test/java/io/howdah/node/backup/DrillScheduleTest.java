package io.howdah.node.backup;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class DrillScheduleTest {

    private static final Instant SLOT = Instant.parse("2026-11-29T00:00:00Z");

    private final DrillSchedule daily = new DrillSchedule(Duration.ofDays(1));

    @Test
    void eachSlotHasOneDrillAndAStandbysWorkerGoesFirst() {
        Instant begun = SLOT.plusSeconds(60);
        assertThat(daily.slot(begun)).isEqualTo(SLOT);
        assertThat(DrillSchedule.name(SLOT)).isEqualTo("20261129-000000");
        assertThat(daily.isDue(begun, false, null)).isTrue();
        assertThat(daily.isDue(begun, true, null)).isFalse();
        assertThat(daily.isDue(SLOT.plusSeconds(3 * 3600), true, null)).isTrue();
        assertThat(daily.isDue(SLOT.plusSeconds(3 * 3600), false, begun)).isFalse();
        assertThat(daily.isDue(SLOT.plusSeconds(24 * 3600), false, begun)).isTrue();
    }
}

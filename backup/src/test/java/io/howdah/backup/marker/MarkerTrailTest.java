package io.howdah.backup.marker;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.postgres.Lsn;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class MarkerTrailTest {

    private static final Instant START = Instant.parse("2026-11-29T01:00:00Z");

    private final MarkerTrail trail = new MarkerTrail();

    private void acknowledged(int number) {
        trail.acknowledged(
                new WrittenMarker(
                        new Marker(number, START.plusMillis(250L * number)),
                        new Lsn(1000L * number)));
    }

    @Test
    void lossGoesFromTheNewestArchivedMarkerToTheNewestAcknowledged() {
        assertThat(trail.loss(Lsn.ZERO, Duration.ZERO)).isZero();
        for (int number = 1; number <= 5; number++) {
            acknowledged(number);
        }
        assertThat(trail.loss(new Lsn(2500), Duration.ZERO)).isEqualTo(Duration.ofMillis(750));
        assertThat(trail.archived(new Lsn(2500)).orElseThrow().number()).isEqualTo(2);
        assertThat(trail.loss(new Lsn(5000), Duration.ZERO)).isZero();
    }

    /// After a failover what the former primary wrote may wait, too.
    @Test
    void lossIsAtLeastWhatHasWaitedUntilAMarkerIsArchived() {
        Duration waited = Duration.ofHours(1);
        assertThat(trail.loss(Lsn.ZERO, waited)).isEqualTo(waited);
        acknowledged(1);
        acknowledged(2);
        assertThat(trail.loss(Lsn.ZERO, waited)).isEqualTo(waited);
        assertThat(trail.loss(new Lsn(1000), waited)).isEqualTo(Duration.ofMillis(250));
        assertThat(trail.loss(new Lsn(2000), Duration.ZERO)).isZero();
    }

    @Test
    void archiveThatStandsStillIsNotForgottenHoweverLongItDoes() {
        acknowledged(1);
        assertThat(trail.loss(new Lsn(1000), Duration.ZERO)).isZero();
        for (int number = 2; number <= 20_000; number++) {
            acknowledged(number);
        }
        assertThat(trail.loss(new Lsn(1000), Duration.ZERO))
                .isEqualTo(Duration.ofMillis(250L * 19_999));
        assertThat(trail.loss(new Lsn(20_000_000), Duration.ZERO)).isZero();
    }
}

package io.howdah.backup.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetTimeTest {

    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "2026-11-21 10:15:00+01",
                "2026-11-21 10:15:00+01:00",
                "2026-11-21T09:15:00Z",
                "2026-11-21 10:15+01"
            })
    void offsetSaysWhichTimeIsMeant(String text) {
        assertThat(TargetTime.parse(text, ZoneId.of("Asia/Tokyo")))
                .isEqualTo(Instant.parse("2026-11-21T09:15:00Z"));
    }

    @Test
    void timeWithoutAnOffsetIsRefusedWithWhatItCouldMean() {
        assertThatThrownBy(() -> TargetTime.parse("2026-11-21 10:15:00", BERLIN))
                .hasMessage(
                        "the time '2026-11-21 10:15:00' has no offset\n"
                                + "HINT: say which is meant: \"2026-11-21 10:15:00+01:00\" or"
                                + " \"2026-11-21 10:15:00+00:00\"");
    }

    @Test
    void hourThatCameTwiceHasBothMeanings() {
        assertThatThrownBy(() -> TargetTime.parse("2026-10-25 02:30:00", BERLIN))
                .hasMessageContaining("02:30:00+02:00")
                .hasMessageContaining("02:30:00+01:00");
        assertThatThrownBy(() -> TargetTime.parse("2026-03-29 02:30:00", BERLIN))
                .hasMessageContaining("never was in Europe/Berlin");
    }

    @Test
    void whatIsNoTimeIsRefused() {
        assertThatThrownBy(() -> TargetTime.parse("yesterday", BERLIN))
                .hasMessageContaining("'yesterday' is no time");
    }
}

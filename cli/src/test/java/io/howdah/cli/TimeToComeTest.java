package io.howdah.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.screen.CommandFailure;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeToComeTest {

    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @ParameterizedTest
    @CsvSource({
        "2026-12-01T03:00:00+01:00, 2026-12-01T02:00:00Z",
        "2026-12-01T03:00Z, 2026-12-01T03:00:00Z",
        "2026-12-01T03:00:00, 2026-12-01T02:00:00Z",
        "2026-12-01 03:00, 2026-12-01T02:00:00Z",
        "in 2h, 2026-11-30T14:00:00Z",
        "in 90 min, 2026-11-30T13:30:00Z",
        "in 30s, 2026-11-30T12:00:30Z",
    })
    void timesAreReadAsPeopleTypeThem(String text, String expected) {
        assertThat(TimeToCome.parse(text, NOW, ZoneId.of("Europe/Berlin")))
                .isEqualTo(Instant.parse(expected));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "tomorrow", "in 2", "2h", "2026-13-01T00:00:00Z", "03:00"})
    void whatIsNoTimeIsRefusedWithAnExample(String text) {
        assertThatThrownBy(() -> TimeToCome.parse(text, NOW, ZoneOffset.UTC))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("HINT: ")
                .hasMessageContaining("in 2h");
    }

    @Test
    void anOffsetWinsOverTheZoneOfThisMachine() {
        assertThat(TimeToCome.parse("2026-12-01T03:00:00-05:00", NOW, ZoneId.of("Europe/Berlin")))
                .isEqualTo(Instant.parse("2026-12-01T08:00:00Z"));
    }
}

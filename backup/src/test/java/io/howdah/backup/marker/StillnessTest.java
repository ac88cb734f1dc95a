package io.howdah.backup.marker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StillnessTest {

    @ParameterizedTest
    @CsvSource({
        "700:700:, 700, 701:701:",
        "698:700:698, 700, 698:701:698",
        "'690:700:690,698', 700, '690:701:690,698'",
        // 700 began, and may have been committed, between the snapshot and the marker
        "700:700:, 701, ''",
        "nonsense, 701, ''"
    })
    void snapshotAfterAMarkerIsForeseenWhereNobodyCameInBetween(
            String before, long own, String expected) {
        assertThat(Stillness.after(before, own).snapshot()).isEqualTo(expected);
    }
}

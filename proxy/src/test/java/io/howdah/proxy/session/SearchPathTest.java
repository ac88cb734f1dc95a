package io.howdah.proxy.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SearchPathTest {

    /// Whatever was done in one go: so many `SET`, so many settings that were reported, and perhaps
    /// something else.
    @ParameterizedTest
    @CsvSource({
        "0, 0, false, false",
        "0, 0, true, false",
        "0, 2, true, false",
        "1, 1, false, false",
        "2, 2, false, false",
        "1, 0, false, true",
        "2, 1, false, true",
        "1, 1, true, true",
        "1, 2, true, true"
    })
    void itIsAskedForUnlessReportsExplainEachSet(
            int sets, int reports, boolean others, boolean asked) {
        var path = new SearchPath();
        for (int i = 0; i < sets; i++) {
            path.set();
        }
        for (int i = 0; i < reports; i++) {
            path.reported();
        }
        path.ready(others);
        assertThat(path.isDoubtful()).isEqualTo(asked);
        path.settle();
        path.ready(true);
        assertThat(path.isDoubtful()).isFalse();
    }
}

package io.howdah.cli.backup;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    private static final long SECOND = 1_000_000_000;

    private final Pace pace = new Pace("backing up n2");

    @Test
    void rateAndTheTimeLeftAreTold() {
        assertThat(pace.at(1 << 30, 3L << 30, 10 * SECOND))
                .isEqualTo("backing up n2: 1 GB of 3 GB, 102 MB/s, 20.0 s left");
    }

    @Test
    void moreThanWasEstimatedIsNoNonsense() {
        assertThat(pace.at(2 << 20, 1 << 20, SECOND))
                .isEqualTo("backing up n2: 2 MB of 2 MB, 2 MB/s");
        assertThat(pace.at(0, 0, 0)).isEqualTo("backing up n2: 0 B, 0 B/s");
    }
}

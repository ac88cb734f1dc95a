package io.howdah.cli.screen;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

    @ParameterizedTest
    @CsvSource({
        "0,0 B",
        "1023,1023 B",
        "1024,1 kB",
        "1536,1.5 kB",
        "16777216,16 MB",
        "9223372036854775807,8192 PB"
    })
    void bytesReadAsPeopleSayThem(long bytes, String text) {
        assertThat(Quantity.bytes(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0,0 ms", "412,412 ms", "1340,1.3 s", "250000,4 min 10 s", "11100000,3 h 5 min"})
    void durationsReadAsPeopleSayThem(long millis, String text) {
        assertThat(Quantity.millis(millis)).isEqualTo(text);
    }
}

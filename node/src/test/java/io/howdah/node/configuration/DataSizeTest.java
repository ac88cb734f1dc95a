package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DataSizeTest {

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0B",
        "1, 1, 1B",
        "16kB, 16384, 16kB",
        "16KB, 16384, 16kB",
        "512MB, 536870912, 512MB",
        "512 mb, 536870912, 512MB",
        "1024MB, 1073741824, 1GB",
        "2TB, 2199023255552, 2TB",
        "1025B, 1025, 1025B",
    })
    void sizesAreReadAndWrittenAsPostgresDoes(String text, long bytes, String written) {
        assertThat(DataSize.parse(text)).isEqualTo(new DataSize(bytes)).hasToString(written);
    }

    @Test
    void whatIsNoSizeIsRefused() {
        for (String text :
                List.of("", "MB", "-1", "1.5GB", "1XB", "9999999999TB", "1 2", "٣", "1e3")) {
            assertThatThrownBy(() -> DataSize.parse(text))
                    .as(text)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("not a size: '" + text + "'");
        }
    }
}

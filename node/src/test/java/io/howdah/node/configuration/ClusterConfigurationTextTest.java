package io.howdah.node.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClusterConfigurationTextTest {

    private static final Path FILE = Path.of("config.yaml");

    @Test
    void whatIsWrittenIsReadBack() {
        var text =
                new ClusterConfigurationText(
                        "strict",
                        "2",
                        Map.of(
                                "work_mem", "64MB",
                                "search_path", "\"$user\", public",
                                "log_line_prefix", "%m [%p] \\ ",
                                "archive_mode", "on",
                                "app.empty", ""),
                        List.of("host all \"a b\" 10.0.0.0/8 scram-sha-256"));
        assertThat(ClusterConfigurationText.parse(FILE, text.yaml())).isEqualTo(text);
    }

    @Test
    void nothingSetIsReadBackToo() {
        var text = new ClusterConfigurationText("available", "auto", Map.of(), List.of());
        assertThat(ClusterConfigurationText.parse(FILE, text.yaml())).isEqualTo(text);
    }

    @Test
    void anUnknownKeyIsRefusedWithItsLineAndAGuess() {
        assertThatThrownBy(() -> ClusterConfigurationText.parse(FILE, "\ndurabilty: strict\n"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("durabilty")
                .hasMessageContaining("line 2")
                .hasMessageContaining("did you mean 'durability'?");
    }
}

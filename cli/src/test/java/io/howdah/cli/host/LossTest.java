package io.howdah.cli.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class LossTest {

    private static final Map<String, String> ADDRESSES =
            Map.of("a", "198.18.0.1", "b", "198.18.0.2", "c", "198.18.0.3");

    @Test
    void everyLossIsARuleForItsDirection() {
        String rules =
                Loss.rules(
                        Stream.concat(
                                        Loss.between("a", List.of("b")).stream(),
                                        Stream.of(new Loss("c", "a", 0, 2)))
                                .toList(),
                        ADDRESSES);
        assertThat(rules.lines().map(String::strip).filter(line -> line.startsWith("ip saddr")))
                .containsExactly(
                        "ip saddr 198.18.0.1 ip daddr 198.18.0.2 drop",
                        "ip saddr 198.18.0.2 ip daddr 198.18.0.1 drop",
                        "ip saddr 198.18.0.3 ip daddr 198.18.0.1 numgen random mod 100 < 2 drop");
    }

    @Test
    void portIsLostAtBothItsEnds() {
        assertThat(Loss.rules(Loss.between("a", List.of("b"), 6541), ADDRESSES))
                .contains(
                        "ip saddr 198.18.0.1 ip daddr 198.18.0.2 tcp sport 6541 drop",
                        "ip saddr 198.18.0.1 ip daddr 198.18.0.2 tcp dport 6541 drop",
                        "ip saddr 198.18.0.2 ip daddr 198.18.0.1 tcp sport 6541 drop",
                        "ip saddr 198.18.0.2 ip daddr 198.18.0.1 tcp dport 6541 drop");
    }

    @Test
    void impossibleLossIsRefused() {
        assertThatThrownBy(() -> Loss.oneWay("a", "a"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Loss("a", "b", 0, 101))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

package io.howdah.postgres.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PriorityTest {

    private static final List<String> COMMAND = List.of("postgres", "-D", "data");

    @Test
    void whatARaisedProcessStartsIsAsUsualAgain() {
        assertThat(Priority.usual(COMMAND, -10))
                .containsExactly("nice", "-n", "10", "postgres", "-D", "data");
    }

    @Test
    void whoRunsAsUsualOrBehindOthersChangesNothing() {
        assertThat(Priority.usual(COMMAND, 0)).isEqualTo(COMMAND);
        assertThat(Priority.usual(COMMAND, 5)).isEqualTo(COMMAND);
    }

    @Test
    void theNameOfAProgramMayHoldAnything() {
        String rest = " S 1 7 7 0 -1 4194560 1 2 3 4 5 6 7 8 20 -10 1 0 99 1 2";
        assertThat(Priority.parse("7 (java)" + rest)).isEqualTo(-10);
        assertThat(Priority.parse("7 (a b) R 1 (c)" + rest)).isEqualTo(-10);
        assertThat(Priority.parse("")).isZero();
    }

    @Test
    void whatIsRunAsUsualRunsAtZero() {
        Command.Result printed =
                Command.run(
                        Priority.usual(List.of("nice")),
                        Map.of("PATH", "/usr/bin:/bin"),
                        Duration.ofSeconds(30));
        assertThat(Integer.parseInt(printed.output().strip())).isNotNegative();
    }
}

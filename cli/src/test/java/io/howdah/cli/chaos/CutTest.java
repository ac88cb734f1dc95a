package io.howdah.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.host.Loss;
import io.howdah.cli.host.VirtualNetwork;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class CutTest {

    private static final DemoSettings DEMO =
            new DemoSettings(3, 6500, "embedded", Path.of("/demo"), false, "198.18.7.");

    private static Cut cut(FaultKind kind, int detail) {
        return Cut.of(
                new PlannedFault(
                        1, kind, true, 0, Duration.ofSeconds(1), Duration.ZERO, true, detail),
                1,
                DEMO);
    }

    @Test
    void hostIsCutOffFromAllOthersInBothDirections() {
        List<String> others = List.of("n2", "n3", VirtualNetwork.OUTSIDE);

        assertThat(cut(FaultKind.CUT_HOST, 0).losses())
                .containsExactlyElementsOf(Loss.between("n1", others));
        assertThat(cut(FaultKind.FLAP, 0)).isEqualTo(cut(FaultKind.CUT_HOST, 0));
    }

    @Test
    void consensusIsCutWhoeverCallsWhom() {
        assertThat(cut(FaultKind.CUT_CONSENSUS, 0).losses())
                .contains(new Loss("n1", "n3", 6541, 100), new Loss("n3", "n1", 6543, 100))
                .hasSize(8)
                .allMatch(loss -> loss.port() != 0)
                .noneMatch(loss -> loss.from().equals("n2") && loss.to().equals("n3"));
    }

    @Test
    void oneLinkIsCutToWhomChanceHasIt() {
        assertThat(cut(FaultKind.CUT_LINK, 0))
                .isEqualTo(new Cut(Loss.between("n1", List.of("n2")), "to n2"));
        assertThat(cut(FaultKind.CUT_LINK, 3).detail()).isEqualTo("to n3");
    }

    @Test
    void oneDirectionIsCut() {
        assertThat(cut(FaultKind.CUT_ONE_WAY, 0).losses())
                .hasSize(3)
                .allMatch(loss -> loss.from().equals("n1"));
        assertThat(cut(FaultKind.CUT_ONE_WAY, 1).losses())
                .hasSize(3)
                .allMatch(loss -> loss.to().equals("n1"));
        assertThat(cut(FaultKind.CUT_ONE_WAY, 1).detail()).isEqualTo("it hears nobody");
    }

    @Test
    void someOfAllPacketsAreLostOnSlowLinks() {
        assertThat(cut(FaultKind.SLOW_LINKS, 0).losses())
                .hasSize(12)
                .allMatch(loss -> loss.percent() < 10);
    }

    @Test
    void whatHurtsProcessesLosesNoPackets() {
        assertThatThrownBy(() -> cut(FaultKind.KILL_AGENT, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }
}

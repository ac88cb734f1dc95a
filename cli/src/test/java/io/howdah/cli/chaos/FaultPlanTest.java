package io.howdah.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FaultPlanTest {

    private static final List<FaultKind> ALL = Arrays.asList(FaultKind.values());

    private static List<PlannedFault> faults(long seed, List<FaultKind> kinds) {
        var plan = new FaultPlan(seed, kinds);
        return IntStream.rangeClosed(1, 400).mapToObj(plan::fault).toList();
    }

    @Test
    void sameSeedGivesTheSameFaults() {
        assertThat(faults(7, ALL)).isEqualTo(faults(7, ALL));
    }

    @Test
    void anotherSeedGivesOthers() {
        List<FaultKind> seven = faults(7, ALL).stream().map(PlannedFault::kind).toList();
        List<FaultKind> eight = faults(8, ALL).stream().map(PlannedFault::kind).toList();
        assertThat(seven).isNotEqualTo(eight);
        assertThat(seven.subList(1, 100)).isNotEqualTo(eight.subList(0, 99));
    }

    @Test
    void everyKindComesToPrimaryAndReplicaPatientlyAndInHaste() {
        List<PlannedFault> faults = faults(1, ALL);
        for (FaultKind kind : ALL) {
            assertThat(faults).filteredOn(fault -> fault.kind() == kind).hasSizeGreaterThan(10);
        }
        assertThat(faults).anyMatch(PlannedFault::primary).anyMatch(fault -> !fault.primary());
        assertThat(faults).anyMatch(PlannedFault::patient).anyMatch(fault -> !fault.patient());
        assertThat(faults)
                .anyMatch(fault -> fault.length().compareTo(Duration.ofSeconds(1)) < 0)
                .anyMatch(fault -> fault.length().compareTo(Duration.ofSeconds(8)) > 0);
    }

    @Test
    void whatIsFeltOnlyLaterLastsLonger() {
        assertThat(faults(3, List.of(FaultKind.FILL_DISK, FaultKind.SLOW_LINKS)))
                .allMatch(fault -> fault.length().compareTo(Duration.ofSeconds(10)) > 0);
        assertThat(faults(3, List.of(FaultKind.CUT_HOST)))
                .allMatch(fault -> fault.length().compareTo(Duration.ofSeconds(10)) < 0);
    }

    @Test
    void whatOnlyOpensAGapIsMostlyFollowedBeforeItCloses() {
        assertThat(faults(3, List.of(FaultKind.PAUSE, FaultKind.KILL_SWITCH)))
                .filteredOn(fault -> !fault.patient())
                .hasSizeGreaterThan(250);
        assertThat(faults(3, List.of(FaultKind.KILL_AGENT, FaultKind.RESTART)))
                .filteredOn(fault -> !fault.patient())
                .hasSizeLessThan(150);
    }

    @Test
    void pauseLastsUntilItIsEndedAndHitsAll() {
        assertThat(FaultKind.PAUSE.lasts()).isTrue();
        assertThat(FaultKind.PAUSE.hasVictim()).isFalse();
        assertThat(FaultKind.RESTART.lasts()).isFalse();
        assertThat(FaultKind.RESTART_AGENT.lasts()).isFalse();
    }

    @Test
    void nodesOnOneHostAreNeitherCutOffNorFilled() {
        assertThat(FaultKind.possible(false))
                .contains(FaultKind.LOSE_HOST, FaultKind.RESTART)
                .noneMatch(FaultKind::needsHosts);
        assertThat(FaultKind.possible(true)).containsExactlyElementsOf(ALL);
        assertThat(FaultKind.leftOut(true)).isEmpty();
        assertThat(FaultKind.leftOut(false)).hasSize(2);
    }

    @Test
    void onlyAPrimaryIsHandedOver() {
        assertThat(faults(3, List.of(FaultKind.SWITCHOVER))).allMatch(PlannedFault::primary);
    }

    @Test
    void onlyWhatIsAllowedIsDone() {
        assertThat(faults(3, List.of(FaultKind.KILL_AGENT)))
                .allMatch(fault -> fault.kind() == FaultKind.KILL_AGENT);
        assertThatThrownBy(() -> new FaultPlan(1, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void everyKindHasAWord() {
        assertThat(ALL).allMatch(kind -> FaultKind.of(kind.word()) == kind);
        assertThatThrownBy(() -> FaultKind.of("earthquake"))
                .hasMessageContaining("earthquake")
                .hasMessageContaining("lose-host");
    }
}

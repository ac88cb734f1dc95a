package io.howdah.cli.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.chaos.check.Sightings;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// An old primary that answers while another one serves is no promise kept.
final class FormerPrimariesTest {

    private static final Instant AT = Instant.parse("2026-11-29T12:00:00Z");
    private static final BitSet NOTHING = new BitSet();

    private final Sightings sightings = new Sightings();

    private static FaultRecord fault(FaultKind kind, long atMillis, @Nullable Long lengthMillis) {
        return new FaultRecord(
                1,
                kind.word(),
                "n1",
                "primary",
                null,
                AT,
                atMillis,
                lengthMillis,
                FaultRecord.DONE,
                null,
                null,
                null);
    }

    /// The second timeline answers first after 10 s, the first one again after that.
    private void answersAgainAt(long millis) {
        sightings.read("n1", 5_000, 5_010, 1, NOTHING, NOTHING);
        sightings.read("n2", 9_900, 10_000, 2, NOTHING, NOTHING);
        sightings.read("n1", millis, millis + 10, 1, NOTHING, NOTHING);
    }

    @Test
    void anAnswerLongAfterANewerPrimarysIsAViolation() {
        answersAgainAt(25_000);

        assertThat(
                        FormerPrimaries.judge(
                                sightings, List.of(fault(FaultKind.KILL_AGENT, 7_000, null))))
                .hasValueSatisfying(violation ->
                        assertThat(violation.detail())
                                .isEqualTo(
                                        "a former primary answered 1 times, first n1 at 25.0 s, 15.0 s after a newer one"));
    }

    @Test
    void anAnswerThatWasUnderWayIsNone() {
        answersAgainAt(10_000);

        assertThat(FormerPrimaries.judge(sightings, List.of())).isEmpty();
    }

    @Test
    void oneThatWasAskedAnyTimeLaterIsOne() {
        answersAgainAt(10_001);

        assertThat(FormerPrimaries.judge(sightings, List.of())).isPresent();
    }

    @Test
    void anotherNodesFaultIsNoExcuse() {
        sightings.read("n2", 5_000, 5_010, 1, NOTHING, NOTHING);
        sightings.read("n3", 9_900, 10_000, 2, NOTHING, NOTHING);
        sightings.read("n2", 10_500, 10_510, 1, NOTHING, NOTHING);

        assertThat(
                        FormerPrimaries.judge(
                                sightings, List.of(fault(FaultKind.FREEZE_HOST, 7_000, 16_000L))))
                .isPresent();
    }

    @Test
    void whoWasStoppedTogetherWithItsSwitchMayAnswerUntilThatIsBack() {
        answersAgainAt(25_000);
        List<FaultRecord> frozen = List.of(fault(FaultKind.FREEZE_HOST, 7_000, 16_000L));

        assertThat(FormerPrimaries.judge(sightings, frozen)).isEmpty();

        sightings.read("n1", 40_000, 40_010, 1, NOTHING, NOTHING);
        assertThat(FormerPrimaries.judge(sightings, frozen)).isPresent();
    }
}

package io.howdah.cluster.deadman;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SwitchStateTest {

    private static final long SECOND = 1_000_000_000L;
    private static final SwitchState.Next KILL = new SwitchState.Next.Kill();
    private static final SwitchState.Next END = new SwitchState.Next.End();
    private static final SwitchState.Next UNTIL_HEARD = waiting(Long.MAX_VALUE);

    private static SwitchState.Next waiting(long untilNanos) {
        return new SwitchState.Next.Wait(untilNanos);
    }

    private static SwitchState heard(Beat... beats) {
        SwitchState state = SwitchState.started(0);
        for (Beat beat : beats) {
            state = state.heard(beat);
        }
        return state;
    }

    @Test
    void armedSwitchWaitsForItsDeadlineAndKillsFromThenOn() {
        SwitchState armed = heard(new Beat.Arm(10 * SECOND));
        assertThat(armed.next(9 * SECOND)).isEqualTo(waiting(10 * SECOND));
        assertThat(armed.next(10 * SECOND)).isEqualTo(KILL);
        assertThat(armed.next(1_000 * SECOND)).isEqualTo(KILL);
    }

    @Test
    void theDeadlineIsThatOfTheBeatWheneverItIsHeard() {
        SwitchState late = heard(new Beat.Arm(10 * SECOND));
        assertThat(late.next(11 * SECOND)).as("heard after it passed").isEqualTo(KILL);
    }

    @Test
    void theLastBeatCounts() {
        assertThat(heard(new Beat.Arm(10 * SECOND), new Beat.Arm(20 * SECOND)).next(15 * SECOND))
                .isEqualTo(waiting(20 * SECOND));
        assertThat(heard(new Beat.Arm(20 * SECOND), new Beat.Arm(10 * SECOND)).next(15 * SECOND))
                .as("an agent that took over has less than its predecessor was given")
                .isEqualTo(KILL);
        assertThat(heard(new Beat.Arm(10 * SECOND), new Beat.Disarm()).next(15 * SECOND))
                .isEqualTo(UNTIL_HEARD);
        assertThat(heard(new Beat.Arm(10 * SECOND), new Beat.Here()).next(15 * SECOND))
                .as("that an agent is there extends nothing")
                .isEqualTo(KILL);
    }

    /// All that an agent may say in up to five words.
    @Test
    void aFreshSwitchIsToldAllThatTheOneBeforeKnew() {
        List<Beat> words =
                List.of(
                        new Beat.Arm(10),
                        new Beat.Arm(20),
                        new Beat.Limit(5),
                        new Beat.Limit(15),
                        new Beat.Limit(25),
                        new Beat.Disarm());
        for (int sequence = 0; sequence < Math.pow(words.size(), 5); sequence++) {
            SwitchState before = heard();
            @Nullable Beat known = null;
            for (int rest = sequence; rest > 0; rest /= words.size()) {
                Beat next = words.get(rest % words.size());
                before = before.heard(next);
                known = next.after(known);
            }
            assertThat(known == null ? heard() : heard(known))
                    .as("sequence %d, told %s", sequence, known)
                    .isEqualTo(before);
        }
    }

    @Test
    void aLimitNeverGivesMoreTime() {
        assertThat(heard(new Beat.Arm(10 * SECOND), new Beat.Limit(20 * SECOND)).next(SECOND))
                .isEqualTo(waiting(10 * SECOND));
        assertThat(heard(new Beat.Arm(20 * SECOND), new Beat.Limit(10 * SECOND)).next(SECOND))
                .isEqualTo(waiting(10 * SECOND));
        assertThat(heard(new Beat.Limit(10 * SECOND)).next(SECOND))
                .as("nothing was said before")
                .isEqualTo(waiting(10 * SECOND));
        assertThat(heard(new Beat.Limit(10 * SECOND), new Beat.Arm(20 * SECOND)).next(SECOND))
                .as("it was confirmed")
                .isEqualTo(waiting(20 * SECOND));
    }

    @Test
    void anAgentThatDiesLeavesTheDeadlineAsItIs() {
        SwitchState orphan = heard(new Beat.Arm(10 * SECOND)).agentGone();
        assertThat(orphan.next(9 * SECOND)).isEqualTo(waiting(10 * SECOND));
        assertThat(orphan.next(10 * SECOND)).isEqualTo(KILL);
    }

    @Test
    void theNextAgentIsHeardLikeTheFirst() {
        SwitchState orphan = heard(new Beat.Arm(10 * SECOND)).agentGone();
        SwitchState adopted = orphan.heard(new Beat.Here()).heard(new Beat.Arm(12 * SECOND));
        assertThat(adopted.next(11 * SECOND)).isEqualTo(waiting(12 * SECOND));
        assertThat(orphan.heard(new Beat.Disarm()).next(11 * SECOND)).isEqualTo(UNTIL_HEARD);
    }

    @Test
    void disarmedSwitchEndsWithItsAgent() {
        assertThat(heard(new Beat.Disarm()).agentGone().next(SECOND)).isEqualTo(END);
    }

    @Test
    void aNewSwitchWaitsForItsAgentButNotForEver() {
        SwitchState started = SwitchState.started(0);
        assertThat(started.next(SECOND)).isEqualTo(waiting(30 * SECOND));
        assertThat(started.next(30 * SECOND)).isEqualTo(END);
        assertThat(started.heard(new Beat.Here()).next(31 * SECOND)).isEqualTo(UNTIL_HEARD);
    }

    @Test
    void itLooksForWhatWasBeingStartedAndThenRests() {
        SwitchState fired = heard(new Beat.Arm(10 * SECOND)).firing(10 * SECOND);
        SwitchState cleared = fired.cleared(10 * SECOND + 1);
        assertThat(cleared.next(11 * SECOND)).isEqualTo(KILL);
        SwitchState spent = cleared.firing(12 * SECOND).cleared(13 * SECOND);
        assertThat(spent.next(14 * SECOND)).isEqualTo(UNTIL_HEARD);
        assertThat(spent.agentGone().next(14 * SECOND)).isEqualTo(END);
        assertThat(spent.heard(new Beat.Arm(13 * SECOND)).next(14 * SECOND))
                .as("the next deadline is another")
                .isEqualTo(KILL);
    }

    @Test
    void whatDoesNotDieIsKilledUntilItDoes() {
        SwitchState fired = heard(new Beat.Arm(10 * SECOND)).firing(10 * SECOND);
        assertThat(fired.next(1_000 * SECOND)).isEqualTo(KILL);
    }

    @Test
    void beatsArriveAsTheyWereSent() {
        for (Beat beat :
                List.of(new Beat.Here(), new Beat.Arm(-7), new Beat.Disarm(), new Beat.Limit(9))) {
            assertThat(beat.encoded()).hasSize(Beat.BYTES);
            assertThat(Beat.decoded(beat.encoded())).contains(beat);
        }
        assertThat(Beat.decoded(new byte[Beat.BYTES])).isEmpty();
    }
}

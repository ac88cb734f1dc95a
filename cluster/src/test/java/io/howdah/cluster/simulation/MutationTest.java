package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each rule of 10-cluster, "Why so fussy", and of the dead man's switch is needed: without it one
/// of the first 10,000 seeds breaks a promise to a client, and with it the same seed does not.
final class MutationTest {

    private static final long SEEDS = 10_000;

    /// @param known a seed that did when it was written down: looked at first, as the search takes
    ///   its time. What a seed leads to changes with the agent; then the report names the new one.
    @ParameterizedTest
    @CsvSource({
        "ATTACH_CHECK,233",
        "UNIQUE_TIMELINES,2888",
        "BASE,145",
        "VOTERS_BEFORE_NAMES,1228",
        "HIGHEST_POSITION,30",
        "INCARNATION,306",
        "CERTAIN_CUT,809",
        "CLAIM,249",
        "DEAD_MEANS_DEAD,398",
        "RESTART_RULE,71",
        "STANDBY_MARK,1649",
        "DEAD_MANS_SWITCH,40",
        "DEADLINE_IN_BEAT,1435",
        "LIMIT,135",
        "GRACE,509",
        "UNHEARD_RESUME,332"
    })
    void withoutThisRuleAPromiseIsBroken(Mutation rule, long known, TestReporter reporter) {
        OptionalLong unsafe =
                Simulation.run(known, rule).isUnsafe() ? OptionalLong.of(known) : search(rule);

        assertThat(unsafe).as("a seed without %s", rule).isPresent();
        if (unsafe.getAsLong() != known) {
            reporter.publishEntry("the seed that shows it now", "" + unsafe.getAsLong());
        }
        assertThat(Simulation.run(unsafe.getAsLong(), Mutation.NONE).violation()).isNull();
    }

    private static OptionalLong search(Mutation rule) {
        return LongStream.rangeClosed(1, SEEDS)
                .parallel()
                .filter(seed -> Simulation.run(seed, rule).isUnsafe())
                .findAny();
    }
}

package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each rule of 10-cluster, "Why so fussy", is needed: without it one of the first 10,000 seeds
/// loses or fakes an acknowledged row, and with it the same seed does not.
final class MutationTest {

    private static final long SEEDS = 10_000;

    /// @param known a seed that did when it was written down: looked at first, as the search takes
    ///   its time. What a seed leads to changes with the agent; then the report names the new one.
    @ParameterizedTest
    @CsvSource({
        "ATTACH_CHECK,720",
        "UNIQUE_TIMELINES,2267",
        "BASE,1427",
        "VOTERS_BEFORE_NAMES,5783",
        "HIGHEST_POSITION,1",
        "INCARNATION,323",
        "CERTAIN_CUT,2790",
        "CLAIM,6184",
        "DEAD_MEANS_DEAD,65",
        "RESTART_RULE,5553"
    })
    void withoutThisRuleARowIsLost(Mutation rule, long known, TestReporter reporter) {
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

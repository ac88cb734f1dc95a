package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalLong;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Each rule of 10-cluster, "Why so fussy", is needed: without it one of the first 10,000 seeds
/// loses or fakes an acknowledged row, and with it the same seed does not.
final class MutationTest {

    private static final Logger LOG = LoggerFactory.getLogger(MutationTest.class);
    private static final long SEEDS = 10_000;

    /// @param known a seed that did when it was written down: looked at first, as the search takes
    ///   its time. What a seed leads to changes with the agent; then the log says the new one.
    @ParameterizedTest
    @CsvSource({
        "ATTACH_CHECK,599",
        "UNIQUE_TIMELINES,2573",
        "BASE,188",
        "VOTERS_BEFORE_NAMES,608",
        "HIGHEST_POSITION,3",
        "INCARNATION,525",
        "CERTAIN_CUT,667",
        "CLAIM,1035",
        "DEAD_MEANS_DEAD,9",
        "RESTART_RULE,5553"
    })
    void withoutThisRuleARowIsLost(Mutation rule, long known) {
        OptionalLong unsafe =
                Simulation.run(known, rule).isUnsafe() ? OptionalLong.of(known) : search(rule);

        assertThat(unsafe).as("a seed without %s", rule).isPresent();
        if (unsafe.getAsLong() != known) {
            LOG.warn("that {} is needed is shown by seed {} now", rule, unsafe.getAsLong());
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

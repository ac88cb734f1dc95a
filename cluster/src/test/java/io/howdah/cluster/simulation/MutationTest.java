package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Each rule of 10-cluster, "Why so fussy", is needed: without it a seed that is known, as one of
/// the first 10,000, loses or fakes an acknowledged row. `bench/simulate 10000 --without RULE`
/// finds it anew.
final class MutationTest {

    @ParameterizedTest
    @CsvSource({"HIGHEST_POSITION,14"})
    void withoutThisRuleARowIsLost(Mutation rule, long seed) {
        Simulation.Result without = Simulation.run(seed, rule);
        Simulation.Result with = Simulation.run(seed, Mutation.NONE);

        assertThat(without.isUnsafe()).as("seed %d without %s", seed, rule).isTrue();
        assertThat(with.violation()).isNull();
    }
}

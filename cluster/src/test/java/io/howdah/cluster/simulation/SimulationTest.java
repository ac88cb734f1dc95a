package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulationTest {

    private static final long SEEDS = 2_000;

    @Test
    void noSeedBreaksAPromise() throws InterruptedException {
        Seeds seeds =
                new Seeds()
                        .run(
                                1,
                                SEEDS,
                                Mutation.NONE,
                                Runtime.getRuntime().availableProcessors(),
                                false,
                                result -> {});

        Simulation.Result failed = seeds.failed();
        assertThat(failed)
                .withFailMessage(() -> failed == null ? "" : said(Shrink.shortest(failed)))
                .isNull();
        assertThat(seeds.done()).isEqualTo(SEEDS);
        // clients were served, or nothing is shown
        assertThat(seeds.acknowledged()).isGreaterThan(100 * SEEDS);
    }

    @Test
    void theSameSeedIsTheSameRun() {
        Simulation.Result once = Simulation.run(7, Mutation.NONE, Simulation.plan(7), true);
        Simulation.Result again = Simulation.run(7, Mutation.NONE, Simulation.plan(7), true);

        assertThat(again.trace()).isEqualTo(once.trace()).isNotEmpty();
    }

    /// Each of these broke a promise once, as the simulation is now. Seeds of before, whose faults
    /// would be others today, live on as tests of the rules that mended them.
    @ParameterizedTest
    @ValueSource(
            longs = {
                39, 5097, 15767, 22228, 23774, 25790, 26459, 74280, 111557, 158116, 160877, 310604,
                344632, 367399, 491054, 2005168
            })
    void whatBrokeOnceIsMended(long seed) {
        Simulation.Result result = Simulation.run(seed, Mutation.NONE, Simulation.plan(seed), true);

        assertThat(result.violation()).withFailMessage(() -> said(result)).isNull();
    }

    private static String said(Simulation.Result failed) {
        return "seed "
                + failed.seed()
                + ": "
                + failed.violation()
                + "\n"
                + String.join("\n", failed.plan().stream().map(Fault::toString).toList())
                + "\n"
                + String.join("\n", failed.trace());
    }
}

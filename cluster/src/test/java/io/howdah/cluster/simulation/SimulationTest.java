package io.howdah.cluster.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

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

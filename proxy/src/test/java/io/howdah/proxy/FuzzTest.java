package io.howdah.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.testing.fuzz.FuzzProcess;
import io.howdah.testing.fuzz.FuzzTarget;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Bytes that nobody would send. Hours of it are `bench/fuzz`'s.
class FuzzTest {

    private static final Duration SHORT = Duration.ofSeconds(10);
    private static final long SEED = 1;

    static List<FuzzTarget> targets() {
        return FuzzTarget.beside(FuzzTest.class);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void knownInputsBreakNoPromise(FuzzTarget target) {
        assertThat(target.inputs()).isNotEmpty().allSatisfy(target::run);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void someSecondsOfOthersBreakNone(FuzzTarget target, @TempDir Path home) throws Exception {
        FuzzProcess.Result result =
                new FuzzProcess(target, home.resolve("corpus"), home).run(SHORT, SEED);
        assertThat(result.report()).isEmpty();
        assertThat(result.figures().executions()).isPositive();
    }
}

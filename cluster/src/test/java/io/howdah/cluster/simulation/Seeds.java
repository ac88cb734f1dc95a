package io.howdah.cluster.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Many runs, one thread per core.
final class Seeds {

    private final Coverage coverage = new Coverage();
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong done = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile Simulation.@Nullable Result failed;

    /// Runs them until one fails.
    ///
    /// @param all whether to go on after a failure
    /// @param ended called after each, by many threads
    Seeds run(
            long first,
            long count,
            Mutation mutation,
            int threads,
            boolean all,
            Consumer<Simulation.Result> ended)
            throws InterruptedException {
        AtomicLong next = new AtomicLong(first);
        List<Thread> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(
                    Thread.ofPlatform()
                            .name("seeds")
                            .start(() -> {
                                for (long seed = next.getAndIncrement();
                                        seed < first + count && (all || failed == null);
                                        seed = next.getAndIncrement()) {
                                    take(Simulation.run(seed, mutation), ended);
                                }
                            }));
        }
        for (Thread worker : workers) {
            worker.join();
        }
        return this;
    }

    private void take(Simulation.Result result, Consumer<Simulation.Result> ended) {
        coverage.add(result.coverage());
        acknowledged.addAndGet(result.acknowledged());
        done.incrementAndGet();
        // with a rule switched off only what that endangers counts
        if (result.mutation() == Mutation.NONE ? result.violation() != null : result.isUnsafe()) {
            failures.incrementAndGet();
            synchronized (this) {
                Simulation.Result before = failed;
                if (before == null || result.seed() < before.seed()) {
                    failed = result;
                }
            }
        }
        ended.accept(result);
    }

    /// The failed run with the lowest seed; null: none.
    Simulation.@Nullable Result failed() {
        return failed;
    }

    Coverage coverage() {
        return coverage;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    long done() {
        return done.get();
    }

    long failures() {
        return failures.get();
    }
}

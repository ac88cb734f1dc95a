package io.howdah.cluster.simulation;

import java.lang.reflect.Constructor;
import java.util.concurrent.Executor;

/// Virtual threads that run when and where their owner says. The JDK has them for its own tests
/// only: needs `--add-opens java.base/java.lang=ALL-UNNAMED`.
///
/// A lock that several simulations share would let one of them wait for another, outside of its own
/// time: so nothing is logged in them, as loggers have such locks.
final class OwnThreads {

    private static final Constructor<?> BUILDER = builder();

    private OwnThreads() {}

    private static Constructor<?> builder() {
        try {
            Constructor<?> constructor =
                    Class.forName("java.lang.ThreadBuilders$VirtualThreadBuilder")
                            .getDeclaredConstructor(Executor.class);
            constructor.setAccessible(true);
            return constructor;
        } catch (ReflectiveOperationException | RuntimeException e) {
            throw new IllegalStateException(
                    "virtual threads cannot be given a scheduler"
                            + "\nHINT: run Java with --add-opens java.base/java.lang=ALL-UNNAMED",
                    e);
        }
    }

    static Thread unstarted(Executor scheduler, Runnable body) {
        try {
            return ((Thread.Builder.OfVirtual) BUILDER.newInstance(scheduler)).unstarted(body);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }
}

package io.howdah.cluster.simulation;

import io.howdah.cluster.agent.Act;
import io.howdah.cluster.state.Command;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `bench/simulate`: runs seeds over all cores; prints how fast, what was reached, and the shortest
/// run that breaks a promise.
final class Simulate {

    private static final long PROGRESS_NANOS = 10 * World.SECOND;

    private long count;
    private long first = 1;
    private int threads = Runtime.getRuntime().availableProcessors();
    private Mutation without = Mutation.NONE;
    private boolean trace;
    private boolean keepGoing;

    private Simulate() {}

    public static void main(String[] arguments) throws InterruptedException {
        Simulate command = new Simulate();
        try {
            if (arguments.length == 0 || Arrays.asList(arguments).contains("--help")) {
                System.out.print(usage());
                System.exit(arguments.length == 0 ? 2 : 0);
            }
            command.read(arguments);
        } catch (RuntimeException e) {
            System.err.println("wrong usage: " + e.getMessage() + "\n" + usage());
            System.exit(2);
        }
        System.exit(command.trace ? command.traceOne() : command.runAll());
    }

    private static String usage() {
        return """
        Usage: bench/simulate SEEDS [--seed FIRST] [--threads N] [--without RULE] [--trace] [--keep-going]

        Runs SEEDS simulated clusters, from seed FIRST (default 1) upwards, each through faults of its own.
        Exit code 0: every promise was kept; 1: one was broken (its seed and shortest trace are printed); 2: wrong usage.

          --threads N      default: all cores
          --without RULE   switches a safety rule off, to see it missed: %s
          --trace          one run, FIRST, with everything that happens in it
          --keep-going     does not stop at the first broken promise

        Example: bench/simulate 10000 --seed 1
        """
                .formatted(
                        String.join(
                                ", ",
                                Arrays.stream(Mutation.values())
                                        .filter(rule -> rule != Mutation.NONE)
                                        .map(Simulate::nameOf)
                                        .toList()));
    }

    private static String nameOf(Mutation rule) {
        return rule.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private void read(String[] arguments) {
        count = Long.parseLong(arguments[0]);
        for (int i = 1; i < arguments.length; i++) {
            switch (arguments[i]) {
                case "--seed" -> first = Long.parseLong(arguments[++i]);
                case "--threads" -> threads = Integer.parseInt(arguments[++i]);
                case "--without" ->
                        without =
                                Mutation.valueOf(
                                        arguments[++i].toUpperCase(Locale.ROOT).replace('-', '_'));
                case "--trace" -> trace = true;
                case "--keep-going" -> keepGoing = true;
                default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
            }
        }
    }

    private int traceOne() {
        Simulation.Result one = Simulation.run(first, without, Simulation.plan(first), true);
        print(one);
        return one.violation() == null ? 0 : 1;
    }

    private int runAll() throws InterruptedException {
        long begun = System.nanoTime();
        AtomicLong nextProgress = new AtomicLong(begun + PROGRESS_NANOS);
        Seeds seeds = new Seeds();
        Seeds run =
                seeds.run(
                        first,
                        count,
                        without,
                        threads,
                        keepGoing,
                        result -> {
                            if (result.isUnsafe()
                                    || (without == Mutation.NONE && result.violation() != null)) {
                                System.out.println(
                                        "seed " + result.seed() + ": " + brief(result.violation()));
                            }
                            long now = System.nanoTime();
                            long due = nextProgress.get();
                            if (now > due
                                    && nextProgress.compareAndSet(due, now + PROGRESS_NANOS)) {
                                System.err.printf(
                                        "%,d of %,d seeds, %.0f per second%n",
                                        seeds.done(), count, seeds.done() * 1e9 / (now - begun));
                            }
                        });
        double seconds = (System.nanoTime() - begun) / 1e9;
        run.coverage()
                .counts()
                .forEach((what, times) -> System.out.printf("%,12d  %s%n", times, what));
        neverReached(run.coverage());
        System.out.printf(
                "%,d seeds in %.0f s, %.0f per second; %,d rows acknowledged; %,d broken promises%n",
                run.done(), seconds, run.done() / seconds, run.acknowledged(), run.failures());
        Simulation.Result failed = run.failed();
        if (failed == null && run.done() < count) {
            System.out.printf("%,d seeds were not run: see the error above%n", count - run.done());
            return 1;
        }
        if (failed == null) {
            return 0;
        }
        System.out.println();
        print(Shrink.shortest(failed));
        return 1;
    }

    private static void neverReached(Coverage coverage) {
        List<String> missing = new ArrayList<>();
        for (Class<?> act : Act.class.getPermittedSubclasses()) {
            addUnlessReached(coverage, "act " + act.getSimpleName(), missing);
        }
        commands(Command.class)
                .forEach(command ->
                        addUnlessReached(coverage, "command " + command.getSimpleName(), missing));
        for (Fault.Kind kind : Fault.Kind.values()) {
            addUnlessReached(coverage, "fault " + kind, missing);
        }
        System.out.println("never reached: " + (missing.isEmpty() ? "nothing" : missing));
    }

    private static Stream<Class<?>> commands(Class<?> type) {
        return type.isSealed()
                ? Stream.of(type.getPermittedSubclasses()).flatMap(Simulate::commands)
                : Stream.of(type);
    }

    private static void addUnlessReached(Coverage coverage, String what, List<String> missing) {
        if (coverage.counts().keySet().stream()
                .noneMatch(reached ->
                        reached.equals(what)
                                || reached.startsWith(what + " ")
                                || reached.startsWith(what + ":"))) {
            missing.add(what);
        }
    }

    private static String brief(@Nullable String violation) {
        String text = String.valueOf(violation);
        return text.length() <= 300 ? text : text.substring(0, 300) + "…";
    }

    private static void print(Simulation.Result result) {
        System.out.println(
                "seed "
                        + result.seed()
                        + ": "
                        + (result.violation() == null
                                ? "no promise is broken"
                                : result.violation()));
        result.plan().forEach(fault -> System.out.println("  " + fault));
        result.trace().forEach(System.out::println);
    }
}

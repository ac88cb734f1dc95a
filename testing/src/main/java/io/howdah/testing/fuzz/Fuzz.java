package io.howdah.testing.fuzz;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// `bench/fuzz`: fuzzes targets for hours, and says how far it came and what it found; or runs one
/// input once more.
final class Fuzz {

    private final List<FuzzTarget> all;
    private String wanted = "";
    private Duration time = Duration.ofMinutes(10);
    private long seed = 1;
    private Path home = Path.of(System.getProperty("howdah.fuzz", "target/fuzz"));
    private @Nullable Path input;

    private Fuzz(List<FuzzTarget> all) {
        this.all = all;
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        Fuzz command = new Fuzz(targets());
        try {
            if (arguments.length == 0 || Arrays.asList(arguments).contains("--help")) {
                System.out.print(command.usage());
                System.exit(arguments.length == 0 ? 2 : 0);
            }
            command.read(arguments);
        } catch (RuntimeException e) {
            System.err.println("wrong usage: " + e.getMessage() + "\n" + command.usage());
            System.exit(2);
        }
        System.exit(command.run());
    }

    private static List<FuzzTarget> targets() {
        return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith("test-classes"))
                .flatMap(entry -> FuzzTarget.below(Path.of(entry)).stream())
                .toList();
    }

    private String usage() {
        return """
        Usage: bench/fuzz TARGET|all [--for 1h] [--seed N] [--corpus FOLDER]
               bench/fuzz TARGET --input FILE

        Looks for bytes that break a promise: of one target, or of all, one after the other in equal parts of the time.
        Exit code 0: none was broken; 1: one was (the input, and how to run it again, are printed); 2: wrong usage.

          --for TIME         in all: 90s, 10m (the default), 8h
          --seed N           the same seed tries the same inputs as far as the time allows; default 1
          --corpus FOLDER    keeps what reaches something new, and begins with what is there already; default: target/fuzz
          --input FILE       one input, once: to see what it breaks, or that it no longer does

        Targets: %s
        """
                .formatted(all.stream().map(FuzzTarget::name).collect(Collectors.joining(", ")));
    }

    private void read(String[] arguments) {
        wanted = arguments[0];
        if (!wanted.equals("all") && all.stream().noneMatch(this::isWanted)) {
            throw new IllegalArgumentException("there is no target " + wanted);
        }
        for (int i = 1; i < arguments.length; i++) {
            String option = arguments[i];
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            String value = arguments[++i];
            switch (option) {
                case "--for" -> time = duration(value);
                case "--seed" -> seed = Long.parseLong(value);
                case "--corpus" -> home = Path.of(value);
                case "--input" -> input = Path.of(value);
                default -> throw new IllegalArgumentException("unknown option " + option);
            }
        }
        if (input != null && wanted.equals("all")) {
            throw new IllegalArgumentException("an input goes with one target");
        }
    }

    private static Duration duration(String text) {
        if (!text.matches("[1-9][0-9]{0,6}[smh]")) {
            throw new IllegalArgumentException(text + " is no time such as 90s, 10m or 8h");
        }
        return Duration.parse("PT" + text);
    }

    private boolean isWanted(FuzzTarget target) {
        return wanted.equals("all") || target.name().equals(wanted);
    }

    private int run() throws IOException, InterruptedException {
        List<FuzzTarget> chosen = all.stream().filter(this::isWanted).toList();
        if (input != null) {
            return once(chosen.getFirst(), Files.readAllBytes(input));
        }
        System.out.printf("| target | inputs | per second | branches reached | kept | |%n");
        System.out.printf("|---|--:|--:|--:|--:|---|%n");
        int found = 0;
        for (FuzzTarget target : chosen) {
            found += fuzz(target, time.dividedBy(chosen.size())) ? 1 : 0;
        }
        return found == 0 ? 0 : 1;
    }

    private static int once(FuzzTarget target, byte[] bytes) {
        try {
            target.run(bytes);
            System.out.println("no promise is broken");
            return 0;
        } catch (AssertionError e) {
            e.printStackTrace();
            return 1;
        }
    }

    /// @return whether a promise was broken
    private boolean fuzz(FuzzTarget target, Duration share)
            throws IOException, InterruptedException {
        Path findings = home.resolve("findings").resolve(target.name());
        FuzzProcess.Result result =
                new FuzzProcess(target, home.resolve(target.name()), findings).run(share, seed);
        FuzzFigures figures = result.figures();
        System.out.printf(
                "| %s | %,d | %,d | %,d | %,d | %s |%n",
                target,
                figures.executions(),
                figures.perSecond(),
                figures.branches(),
                figures.corpus(),
                result.finding().isPresent() ? "**breaks a promise**" : "");
        result.finding()
                .ifPresent(file ->
                        System.err.println(
                                result.report()
                                        + "\nagain: bench/fuzz "
                                        + target
                                        + " --input "
                                        + file));
        return result.finding().isPresent();
    }
}

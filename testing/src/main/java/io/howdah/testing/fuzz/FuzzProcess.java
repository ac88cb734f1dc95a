package io.howdah.testing.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Jazzer at work on one target, in a process of its own: it keeps state that no second run in the
/// same process would survive.
public final class FuzzProcess {

    /// How it went.
    ///
    /// @param figures of the run
    /// @param finding the file with an input that breaks a promise; empty when none was found
    /// @param said all that Jazzer said
    public record Result(FuzzFigures figures, Optional<Path> finding, String said) {

        /// What was found, for whoever has to mend it; empty when nothing was.
        public String report() {
            return finding.map(
                            file -> {
                                int trace = Math.max(0, said.indexOf("\n== "));
                                int end = said.indexOf("DEDUP_TOKEN", trace);
                                return said.substring(trace, end < 0 ? said.length() : end)
                                        + "\nthe input, as a line of fuzz/NAME.txt:\n"
                                        + line(file);
                            })
                    .orElse("");
        }

        private static String line(Path file) {
            try {
                return EscapedBytes.encode(Files.readAllBytes(file));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private static final String DRIVER = "com.code_intelligence.jazzer.Jazzer";

    /// Longer for one input, and it counts as one that never ends; on a starved machine the first
    /// ones are slow.
    private static final int INPUT_SECONDS = 120;

    private static final Duration SHORT = Duration.ofMinutes(1);
    private static final Duration GRACE = Duration.ofMinutes(5);

    private final FuzzTarget target;
    private final Path corpus;
    private final Path findings;

    /// @param corpus a folder with inputs to begin with, where Jazzer keeps what it finds
    /// @param findings a folder for inputs that break promises
    public FuzzProcess(FuzzTarget target, Path corpus, Path findings) {
        this.target = target;
        this.corpus = corpus;
        this.findings = findings;
    }

    /// Fuzzes until the time is over or a promise is broken, from the target's own inputs and what
    /// lies in the corpus. The same seed tries the same inputs.
    ///
    /// @throws IllegalStateException when Jazzer ends without having done its work
    public Result run(Duration time, long seed) throws IOException, InterruptedException {
        prepare();
        Path log = findings.resolve(target.name() + ".log");
        Process process =
                new ProcessBuilder(command(time, seed))
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        boolean ended;
        try {
            ended = process.waitFor(time.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(log);
        Optional<Path> finding = finding();
        if (finding.isEmpty() && (!ended || process.exitValue() != 0)) {
            throw new IllegalStateException(
                    "Jazzer did not do its work on " + target + ", see " + log + ":\n" + said);
        }
        return new Result(FuzzFigures.of(said), finding, said);
    }

    private void prepare() throws IOException {
        Files.createDirectories(corpus);
        int number = 0;
        for (byte[] input : target.inputs()) {
            Files.write(corpus.resolve("known-%03d".formatted(++number)), input);
        }
        Files.createDirectories(findings);
        for (Optional<Path> old = finding(); old.isPresent(); old = finding()) {
            Files.delete(old.get());
        }
    }

    private Optional<Path> finding() throws IOException {
        try (Stream<Path> files = Files.list(findings)) {
            return files.filter(file ->
                            file.getFileName()
                                    .toString()
                                    .matches(target.name() + "-(crash|timeout|oom|leak)-.*"))
                    .sorted()
                    .findFirst();
        }
    }

    /// What is compiled best is not worth waiting for in a short run.
    private static String compilers(Duration time) {
        return time.compareTo(SHORT) < 0 ? "-XX:TieredStopAtLevel=1" : "-XX:+TieredCompilation";
    }

    private List<String> command(Duration time, long seed) {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                                "-Xmx512m",
                                "-XX:+UseSerialGC",
                                compilers(time),
                                "-XX:+EnableDynamicAgentLoading",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-Dslf4j.internal.verbosity=ERROR",
                                "-cp",
                                System.getProperty("java.class.path"),
                                DRIVER));
        command.addAll(
                List.of(
                        "--target_class=" + target.type().getName(),
                        "--instrumentation_includes=io.howdah.**",
                        "--custom_hook_includes=io.howdah.**",
                        "--reproducer_path=" + findings,
                        "-seed=" + seed,
                        "-max_total_time=" + Math.max(1, time.toSeconds()),
                        "-timeout=" + INPUT_SECONDS,
                        "-artifact_prefix=" + findings + "/" + target.name() + "-",
                        "-print_final_stats=1",
                        corpus.toString()));
        return command;
    }
}

package io.howdah.cli;

import io.howdah.cli.chaos.ChaosOptions;
import io.howdah.cli.chaos.ChaosRun;
import io.howdah.cli.chaos.FaultKind;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Screen;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `howdah chaos`.
@Command(
        name = "chaos",
        description = {
            "Hurt a running demo at random while clients write, and check that every promise is kept.",
            "Kills and freezes processes, loses hosts, switches over, restarts and pauses, as the seed has it; where each"
                    + " node is a host of its own (`howdah demo --hosts`), it also cuts and slows networks and fills disks;"
                    + " some clients cancel statements and end sessions in the middle of commits. Afterwards"
                    + " every member is read and compared with what each client was told. Ctrl-C ends it well:"
                    + " what lasts is ended, all is checked, the report is written.",
            "Exit code 1 when a promise was broken."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah demo --detach",
            "  howdah chaos --for 30m --seed 7",
            "  howdah chaos --for 90s --faults kill-postgres,switchover --report /tmp/trial"
        })
final class ChaosCommand implements Callable<Integer> {

    private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,5})(s|m|h)");

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss");

    /// Longer than healing, reading and writing the report may take.
    private static final long ENDING_SECONDS = 900;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            required = true,
            description = "How long to go on hurting it: 90s, 30m, 2h.")
    private String length = "";

    @Option(
            names = "--seed",
            paramLabel = "NUMBER",
            description = "Decides the faults; default: another one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--faults",
            paramLabel = "FAULT",
            split = ",",
            description =
                    "Only these: kill-postgres, kill-agent, kill-switch, lose-host, freeze-agent, freeze-postgres, freeze-host,"
                            + " restart-agent, switchover, restart, pause;"
                            + " on a demo made with --hosts also cut-host, cut-consensus, cut-link, cut-one-way, flap, slow-links, fill-disk.")
    private List<String> faults = List.of();

    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "The directory of the demo; default: ./howdah-demo, here or above.")
    private @Nullable Path directory;

    @Option(
            names = "--report",
            paramLabel = "NAME",
            description = "Where to write NAME.json and NAME.md; default: ./chaos-SEED.")
    private @Nullable Path report;

    @Option(
            names = "--keep-tables",
            description = "Leave the tables in the schema howdah_chaos though all is well.")
    private boolean keepTables;

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    ChaosCommand() {}

    @Override
    public Integer call() throws InterruptedException {
        DemoDirectory demo = demo();
        long chosen =
                seed == null
                        ? Math.floorMod(System.nanoTime() ^ System.currentTimeMillis(), 1_000_000)
                        : seed;
        var options =
                new ChaosOptions(
                        length(length),
                        chosen,
                        kinds(demo),
                        report == null ? Path.of("chaos-" + chosen) : report,
                        keepTables,
                        Version.number());
        var told = new CountDownLatch(1);
        var done = new CountDownLatch(1);
        var exitCode = new AtomicInteger(CommandFailure.FAILED);
        Screen progress = Screen.standardError();
        var run = new ChaosRun(demo, options, told, line -> progress.print(time() + "  " + line));
        var hook = new Thread(() -> endWell(told, done, exitCode), "end the chaos well");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            ChaosRun.Result result = run.run();
            Screen.standardOutput().print(json ? List.of(result.json()) : result.summary());
            exitCode.set(result.kept() ? 0 : CommandFailure.FAILED);
            return exitCode.get();
        } finally {
            done.countDown();
            if (told.getCount() > 0) {
                forget(hook);
            }
        }
    }

    /// Keeps the process until the run has ended.
    private static void endWell(CountDownLatch told, CountDownLatch done, AtomicInteger exitCode) {
        told.countDown();
        try {
            boolean ended = done.await(ENDING_SECONDS, TimeUnit.SECONDS);
            Runtime.getRuntime().halt(ended ? exitCode.get() : CommandFailure.FAILED);
        } catch (InterruptedException e) {
            Runtime.getRuntime().halt(CommandFailure.FAILED);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending already; the hook does it.
        }
    }

    private static String time() {
        return TIME.format(LocalTime.now(ZoneId.systemDefault()));
    }

    private DemoDirectory demo() {
        if (directory != null) {
            return DemoDirectory.at(directory);
        }
        Path here = Path.of("").toAbsolutePath();
        return DemoDirectory.findFrom(here)
                .orElseThrow(() ->
                        CommandFailure.wrongUsage(
                                "there is no demo in " + here + " or above it",
                                "name its directory with --directory DIR, or start one: `howdah demo --detach`"));
    }

    private List<FaultKind> kinds(DemoDirectory demo) {
        boolean hosts = demo.requireSettings().hosts().isPresent();
        try {
            List<FaultKind> named = faults.stream().map(FaultKind::of).distinct().toList();
            if (!hosts) {
                named.stream()
                        .filter(FaultKind::needsHosts)
                        .findFirst()
                        .ifPresent(kind -> refuse(kind, demo));
            }
            return named.isEmpty() ? FaultKind.possible(hosts) : named;
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "see `howdah chaos --help`");
        }
    }

    private static void refuse(FaultKind kind, DemoDirectory demo) {
        throw CommandFailure.wrongUsage(
                "%s cannot be done to the demo in %s: its nodes share one network and one disk"
                        .formatted(kind, demo.path()),
                "use one that was made with `howdah demo --hosts`");
    }

    static Duration length(String text) {
        Matcher matcher = LENGTH.matcher(text);
        if (!matcher.matches()) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' is no length of time", "write it as 90s, 30m or 2h");
        }
        long number = Long.parseLong(matcher.group(1));
        return switch (matcher.group(2)) {
            case "s" -> Duration.ofSeconds(number);
            case "m" -> Duration.ofMinutes(number);
            default -> Duration.ofHours(number);
        };
    }
}

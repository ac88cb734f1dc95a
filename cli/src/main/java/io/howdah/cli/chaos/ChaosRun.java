package io.howdah.cli.chaos;

import io.howdah.cli.chaos.check.Violation;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.demo.DemoProcesses;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiJson;
import io.howdah.node.api.ClusterStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// One run from its beginning to its verdict. For one thread.
public final class ChaosRun {

    private static final Duration WHOLE_AT_FIRST = Duration.ofSeconds(60);
    private static final long SERVED_SECONDS = 30;
    private static final int SERVED_TRANSACTIONS = 5;
    private static final int SCHEMA_TRIES = 20;
    private static final long POLL_MILLIS = 200;

    private final DemoDirectory directory;
    private final ChaosOptions options;
    private final Target target;
    private final Wounds wounds;
    private final DemoProcesses processes;
    private final CountDownLatch told;
    private final Consumer<String> progress;
    private final ReportFiles files;

    /// @param directory of a demo
    /// @param told ends it well when it comes to 0
    /// @param progress told what happens, a line each
    /// @throws CommandFailure when there is no demo
    public ChaosRun(
            DemoDirectory directory,
            ChaosOptions options,
            CountDownLatch told,
            Consumer<String> progress) {
        DemoSettings settings = directory.requireSettings();
        this.directory = directory;
        this.options = options;
        this.target = new Target(settings);
        this.processes = new DemoProcesses(directory);
        this.wounds = new Wounds(processes, settings, target, told);
        this.told = told;
        this.progress = progress;
        this.files = new ReportFiles(options.report().toAbsolutePath().normalize());
    }

    /// What came of a run.
    ///
    /// @param kept whether every promise was
    /// @param summary for people
    /// @param json the report
    public record Result(boolean kept, List<String> summary, String json) {}

    /// Runs, checks, writes the report, and leaves the demo as it was.
    ///
    /// @throws CommandFailure when the demo cannot be used: it does not run, another run hurts it,
    ///   it is paused or not in order
    public Result run() throws InterruptedException {
        processes.requireSupervised();
        files.prepare();
        try (AutoCloseable _ = directory.lockForChaos()) {
            wounds.healAll();
            ClusterStatus before = requireWhole();
            makeTables();
            ChaosReport report = hurt(before);
            files.write(report);
            var summary = new ArrayList<>(ReportText.summary(report));
            summary.add("report: " + files.markdown() + " and " + files.json());
            return new Result(report.isKept(), summary, ApiJson.writeIndented(report));
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("cannot release the demo", e);
        } finally {
            wounds.healAll();
        }
    }

    private ClusterStatus requireWhole() throws InterruptedException {
        if (target.status().filter(ClusterStatus::paused).isPresent()) {
            throw CommandFailure.failed(
                    "the cluster is paused: it would not heal what is hurt", "`howdah resume` it");
        }
        progress.accept("waiting until the cluster is in order");
        boolean whole = target.awaitWhole(WHOLE_AT_FIRST, this::goesOn).isPresent();
        if (!goesOn()) {
            throw CommandFailure.failed("interrupted before anything was hurt", "run it again");
        }
        ClusterStatus status = target.client().cluster();
        if (target.addresses().size() < 2) {
            throw CommandFailure.failed(
                    "the demo has one member only: nobody could take over",
                    "make one with `howdah demo --nodes 3`");
        }
        if (!whole) {
            throw CommandFailure.failed(
                    "the cluster is not in order: " + target.missing(), "look at `howdah status`");
        }
        target.expectAsNow();
        return status;
    }

    private boolean goesOn() {
        return told.getCount() > 0;
    }

    private void makeTables() throws InterruptedException {
        var servers = new Servers(List.copyOf(target.addresses().values()));
        for (int attempt = 1; ; attempt++) {
            try (Session session = servers.primary()) {
                Schema.make(session);
                return;
            } catch (SQLException e) {
                if (attempt == SCHEMA_TRIES || !goesOn()) {
                    throw CommandFailure.failed(
                            "cannot make the tables: " + e.getMessage(),
                            "look at `howdah status`; the user app needs the right to create schemas",
                            e);
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
    }

    private ChaosReport hurt(ClusterStatus before) throws InterruptedException {
        progress.accept(
                "seed %d: clients write for %d s while %s are done"
                        .formatted(options.seed(), options.length().toSeconds(), options.kinds()));
        Instant began = Instant.now().truncatedTo(ChronoUnit.SECONDS);
        String loadAtFirst = loadAverage();
        var clock = new Clock();
        var clients = new Clients(target, clock, options.seed());
        var loop = new FaultLoop(target, wounds, clients, clock, told, progress);
        var violations = new ArrayList<Violation>();
        try {
            awaitServed(clients).ifPresent(violations::add);
            loop.run(new FaultPlan(options.seed(), options.kinds()), options.length().toMillis());
            violations.addAll(loop.violations());
            heal(clients).forEach(violations::add);
        } finally {
            wounds.healAll();
            clients.stop();
        }
        int endMillis = clock.millis();
        violations.addAll(new Verdict(target, clients, progress).find());
        FormerPrimaries.judge(clients.sightings(), loop.done()).ifPresent(violations::add);
        return report(
                before,
                began,
                List.of(loadAtFirst, loadAverage()),
                endMillis,
                clients,
                withOutages(loop.done(), clients, endMillis),
                violations);
    }

    /// Each outage lies between its fault and the next one.
    private static List<FaultRecord> withOutages(
            List<FaultRecord> faults, Clients clients, int endMillis) {
        var with = new ArrayList<FaultRecord>();
        for (int i = 0; i < faults.size(); i++) {
            FaultRecord fault = faults.get(i);
            long until = i + 1 < faults.size() ? faults.get(i + 1).sinceStartMillis() : endMillis;
            with.add(fault.withOutage(clients.outageMillis(fault.sinceStartMillis(), until)));
        }
        return with;
    }

    private List<Violation> heal(Clients clients) throws InterruptedException {
        progress.accept("no more faults: waiting until all is well");
        wounds.healAll();
        var violations = new ArrayList<Violation>();
        if (target.awaitWhole(FaultLoop.WHOLE_WITHIN, () -> true).isEmpty()) {
            violations.add(
                    new Violation(
                            "cluster",
                            "not whole",
                            1,
                            "%d s after the last fault: %s"
                                    .formatted(
                                            FaultLoop.WHOLE_WITHIN.toSeconds(), target.missing())));
        }
        awaitServed(clients).ifPresent(violations::add);
        return violations;
    }

    /// Everybody who is left in peace is acknowledged some more transactions.
    private static Optional<Violation> awaitServed(Clients clients) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SERVED_SECONDS);
        for (Client client : clients.peaceful()) {
            int wanted = client.acknowledged() + SERVED_TRANSACTIONS;
            while (client.acknowledged() < wanted) {
                if (System.nanoTime() > end) {
                    return Optional.of(
                            new Violation(
                                    "cluster",
                                    "not served",
                                    1,
                                    "client %s was acknowledged nothing within %d s though all was well; it was told last: %s"
                                            .formatted(
                                                    client.name(),
                                                    SERVED_SECONDS,
                                                    client.failure())));
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        return Optional.empty();
    }

    private ChaosReport report(
            ClusterStatus before,
            Instant began,
            List<String> loadAverages,
            int endMillis,
            Clients clients,
            List<FaultRecord> faults,
            List<Violation> violations) {
        boolean kept = violations.isEmpty();
        return new ChaosReport(
                kept ? ChaosReport.KEPT : ChaosReport.BROKEN,
                options.seed(),
                options.howdah(),
                before.members().stream()
                        .flatMap(member -> Stream.ofNullable(member.postgresVersion()))
                        .findFirst()
                        .orElse("unknown"),
                target.nodes(),
                Runtime.getRuntime().availableProcessors(),
                loadAverages,
                began,
                endMillis / 1000,
                !goesOn(),
                options.kinds().stream().map(FaultKind::word).toList(),
                FaultKind.leftOut(target.network().isPresent()),
                faults,
                ChaosReport.Outages.of(faults),
                clients.workloads(),
                clients.disturbances(),
                clients.readings(),
                violations,
                kept && !options.keepTables() ? dropTables() : "kept in the schema howdah_chaos");
    }

    /// How busy the machine is: outages are to be read beside it.
    private static String loadAverage() {
        try {
            return Files.readString(Path.of("/proc/loadavg")).split(" ", 2)[0];
        } catch (IOException e) {
            return "unknown";
        }
    }

    private String dropTables() {
        var servers = new Servers(List.copyOf(target.addresses().values()));
        try (Session session = servers.primary()) {
            Schema.drop(session);
            return "dropped";
        } catch (SQLException e) {
            return "left in the schema howdah_chaos: "
                    + Objects.requireNonNullElse(e.getMessage(), "unknown");
        }
    }
}

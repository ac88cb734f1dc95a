package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillRequest;
import io.howdah.backup.drill.DrillRun;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.backup.rota.Duty;
import io.howdah.backup.rota.Rota;
import io.howdah.backup.store.ObjectStore;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.configuration.DrillConfiguration;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.wire.ConnectionSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does drills on a schedule, and tells the agent of the last one, whoever did it. Of all nodes'
/// workers one does each: who first claims it in the repository, and that is a standby's where
/// there is one. `start` is called once, and then `close`.
final class DrillKeeper implements AutoCloseable {

    private static final Duration KILL = Duration.ofSeconds(10);

    /// How often it is looked what others have found: a bucket wants to be paid for each look.
    private static final Duration REPORTS = Duration.ofMinutes(1);

    private static final int WORKERS = 2;
    private static final Logger LOG = LoggerFactory.getLogger(DrillKeeper.class);

    private final String node;
    private final @Nullable DrillConfiguration drills;
    private final List<ObjectStore> stores;
    private final RepositoryMemory memory;
    private final BesideFiles files;
    private final Supplier<Optional<ConnectionSettings>> server;
    private final ClusterMarker markers;
    private final OperatingSystemUser user = OperatingSystemUser.forPostgres();
    private final Path noted;
    private final Instant started = Instant.now();
    private final Rounds rounds = new Rounds("drills", "no drill at the moment", this::look);
    private volatile boolean closed;

    // of the rounds' thread
    private boolean cleared;
    private final KnownRepositories known = new KnownRepositories();
    private final IdentityHashMap<ObjectStore, DrillReport> newest = new IdentityHashMap<>();
    private long lookedNanos = System.nanoTime() - REPORTS.toNanos();

    /// @param node a name that no other worker of these repositories has
    /// @param drills null where none are done here
    /// @param memory by which it is known whose the repositories are
    /// @param server how to reach the node's server; empty while none runs
    /// @param markers what the cluster has acknowledged
    DrillKeeper(
            String node,
            @Nullable DrillConfiguration drills,
            List<ObjectStore> stores,
            RepositoryMemory memory,
            BesideFiles files,
            Supplier<Optional<ConnectionSettings>> server,
            ClusterMarker markers) {
        this.node = node;
        this.drills = drills;
        this.stores = List.copyOf(stores);
        this.memory = memory;
        this.files = files;
        this.server = server;
        this.markers = markers;
        this.noted = files.home().resolve("drill-scratch");
    }

    void start() {
        rounds.start();
    }

    private void look() {
        if (!cleared) {
            clear();
            cleared = true;
        }
        if (System.nanoTime() - lookedNanos >= REPORTS.toNanos()) {
            lookAtReports();
        }
        if (drills != null) {
            server.get().ifPresent(settings -> drill(drills, settings));
        }
    }

    private void lookAtReports() {
        lookedNanos = System.nanoTime();
        stores.forEach(this::lookAtReports);
        last().ifPresent(this::tell);
    }

    /// Of one that does not answer what is known holds on, and no other waits for it.
    private void lookAtReports(ObjectStore store) {
        try {
            if (known.isMade(store)) {
                var reports = new DrillReports(Repository.open(store));
                DrillReport before = newest.get(store);
                (before == null ? reports.newest() : reports.newest(before))
                        .ifPresentOrElse(
                                report -> newest.put(store, report), () -> newest.remove(store));
            }
        } catch (BackupException e) {
            LOG.debug("which drills {} has is not known: {}", store, e.getMessage());
        }
    }

    private Optional<DrillReport> last() {
        return newest.values().stream().max(Comparator.comparing(DrillReport::endTime));
    }

    private void tell(DrillReport report) {
        try {
            DrillFile.write(files, report);
        } catch (IOException e) {
            LOG.debug("the agent is not told: {}", e.getMessage());
        }
    }

    private boolean isDue(Slots slots, Instant now, boolean primary) {
        return slots.isDue(now, started, primary, last().map(DrillReport::startTime).orElse(null));
    }

    private void drill(DrillConfiguration wanted, ConnectionSettings settings) {
        Slots slots = Slots.of(wanted.every(), wanted.at());
        Instant now = Instant.now();
        boolean primary = LocalRole.isPrimary(settings);
        if (!isDue(slots, now, primary)) {
            return;
        }
        // another one may have done it by now
        lookAtReports();
        if (!isDue(slots, now, primary)) {
            return;
        }
        // Each repository has its turn.
        long turn = Math.floorMod(slots.number(now), (long) stores.size());
        ObjectStore store = stores.get((int) turn);
        Repository repository = withBackup(store);
        memory.requireOurs(store);
        Instant half = slots.slot(now).plus(wanted.every().dividedBy(2));
        if (now.isBefore(half) && BackupProgress.isAnyUnderWay(store)) {
            // what it proves then is the newer one, and no sweep removes the older one meanwhile
            return;
        }
        try (Duty duty = new Rota(store, "drills").claim(slots.name(now), node).orElse(null)) {
            if (duty != null) {
                drill(wanted, repository, settings);
                duty.done();
            }
        }
    }

    private Repository withBackup(ObjectStore store) {
        Optional<Repository> made =
                known.isMade(store) ? Optional.of(Repository.open(store)) : Optional.empty();
        return made.filter(each -> new BackupCatalog(each).newest().isPresent())
                .orElseThrow(() ->
                        new BackupException(
                                store + ", whose turn it is, has no backup",
                                "take one: howdah backup --config FILE --repository " + store));
    }

    private void drill(
            DrillConfiguration wanted, Repository repository, ConnectionSettings settings) {
        // what the one before could not delete
        clear(scratch(wanted));
        note(scratch(wanted));
        LOG.info("a drill begins: the newest backup in {} is restored", repository.store());
        DrillReport report =
                new DrillRun(
                                repository,
                                user,
                                new DrillRequest(
                                        new ScratchPlace(scratch(wanted)),
                                        wanted.goals(),
                                        wanted.questions(),
                                        false,
                                        WORKERS),
                                () -> markers.read(settings),
                                step -> LOG.debug("drill: {}", step))
                        .run(new Installations(user));
        if (closed) {
            return;
        }
        new DrillReports(repository).publish(report);
        newest.put(repository.store(), report);
        tell(report);
        if (report.passed()) {
            LOG.info("the drill has passed: {}.md", DrillReports.place(report));
        } else {
            LOG.error(
                    "the drill has failed: {}\nHINT: {}.md in {} says more",
                    report.failed().stream()
                            .map(step -> step.what() + ": " + String.join("; ", step.findings()))
                            .collect(Collectors.joining(" | ")),
                    DrillReports.place(report),
                    repository.store());
        }
    }

    /// Several nodes of one machine may have the same directory.
    private Path scratch(DrillConfiguration wanted) {
        return wanted.directory().resolve(name());
    }

    private String name() {
        return "howdah-drill-" + node;
    }

    /// What a worker before this one has left, whatever its howdah.yaml said.
    private void clear() {
        try {
            if (Files.exists(noted)) {
                Path left = Path.of(Files.readString(noted));
                // a note that was cut short could name anything
                if (left.isAbsolute() && left.endsWith(name())) {
                    clear(left);
                }
                Files.delete(noted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot tell what a drill has left: " + noted, e);
        }
        if (drills != null) {
            clear(scratch(drills));
        }
    }

    private void clear(Path scratch) {
        kill(scratch);
        new DurableFiles(user).deleteTree(scratch);
    }

    private void kill(Path scratch) {
        new ServerProcesses(new DataDirectory(scratch.resolve("data"), user)).killAll(KILL);
    }

    private void note(Path scratch) {
        try {
            Files.writeString(noted, scratch.toString());
        } catch (IOException e) {
            throw new UncheckedIOException("cannot note where the drill is: " + noted, e);
        }
    }

    /// Does no more drills; one that is under way comes to nothing. Its copy, which may be large,
    /// goes when the next worker starts, if not before.
    @Override
    public void close() {
        closed = true;
        rounds.close();
        if (drills != null) {
            kill(scratch(drills));
        }
    }
}

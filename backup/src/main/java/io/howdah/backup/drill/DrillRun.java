package io.howdah.backup.drill;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.marker.Marker;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.Recovered;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.seal.SealedStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.take.PageSweep;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.wire.PostgresConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One drill. For one call of [#run].
public final class DrillRun {

    /// What recovery needs beside the files.
    private static final long ROOM_BYTES = 256L << 20;

    private final Repository repository;
    private final OperatingSystemUser user;
    private final DrillRequest request;
    private final Supplier<Optional<Marker>> acknowledged;
    private final StepLog log;
    private final Runbook runbook;
    private final DataDirectory data;
    private final long begunNanos = System.nanoTime();
    private final Instant begun = Instant.now();
    private CompletableFuture<Optional<Marker>> asked =
            CompletableFuture.completedFuture(Optional.empty());
    private @Nullable Marker promised;
    private @Nullable Marker found;
    private @Nullable Recovered recovered;
    private @Nullable Long rtoMillis;
    private @Nullable Long rpoMillis;

    /// @param user who runs PostgreSQL
    /// @param acknowledged asks the cluster for its newest marker; empty where it cannot be asked
    /// @param listener hears what is done next
    public DrillRun(
            Repository repository,
            OperatingSystemUser user,
            DrillRequest request,
            Supplier<Optional<Marker>> acknowledged,
            Consumer<String> listener) {
        this.repository = repository;
        this.user = user;
        this.request = request;
        this.acknowledged = acknowledged;
        this.log = new StepLog(listener);
        List<String> key =
                repository.store() instanceof SealedStore sealed
                        ? sealed.source().options()
                        : List.of();
        this.runbook = new Runbook(repository.store().toString(), key, request);
        this.data = new DataDirectory(request.scratch().data(), user);
    }

    /// Does it. What goes wrong stands in the report, also that no backup leads to the newest WAL.
    ///
    /// @throws StoreUnavailableException when the repository does not say what it has
    public DrillReport run(Installations installations) {
        Optional<BackupRecord> backup = choose();
        backup.ifPresent(each -> prove(each, installations));
        return report(backup.orElse(null));
    }

    private Optional<BackupRecord> choose() {
        try {
            return Optional.of(Restoring.choose(repository, restore(Optional.empty(), Map.of())));
        } catch (StoreUnavailableException e) {
            throw e;
        } catch (BackupException e) {
            log.failed(
                    "a backup that leads to the newest second",
                    String.valueOf(e.getMessage()),
                    runbook.backups());
            return Optional.empty();
        }
    }

    private void prove(BackupRecord backup, Installations installations) {
        if (!make()) {
            return;
        }
        try {
            boolean room = log.step("room for the copy", runbook.room(), () -> room(backup));
            if (room) {
                drill(backup, installations);
            }
        } finally {
            if (!request.keep()) {
                boolean _ = clear();
            }
        }
    }

    private boolean make() {
        return log.quietly(
                "a scratch directory",
                runbook.make(),
                () -> {
                    request.scratch().make(user);
                    return List.of();
                });
    }

    private boolean clear() {
        return log.quietly(
                "delete the copy",
                runbook.clear(),
                () -> {
                    request.scratch().clear(user);
                    return List.of();
                });
    }

    private RestoreRequest restore(Optional<BackupId> backup, Map<Path, Path> tablespaces) {
        return new RestoreRequest(
                request.scratch().data(),
                new RestoreTarget.Latest(),
                backup,
                Optional.empty(),
                tablespaces,
                RestoreRequest.Ending.SCRATCH,
                false,
                request.workers());
    }

    private List<String> room(BackupRecord backup) {
        long needed = backup.manifest().bytes() + ROOM_BYTES;
        try {
            long free = Files.getFileStore(request.scratch().directory()).getUsableSpace();
            return free >= needed
                    ? List.of()
                    : List.of(
                            "%d MB are free below %s, and the copy needs %d"
                                    .formatted(
                                            free >> 20,
                                            request.scratch().directory(),
                                            needed >> 20));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at " + request.scratch().directory(), e);
        }
    }

    private void drill(BackupRecord backup, Installations installations) {
        Map<Path, Path> tablespaces = request.scratch().tablespaces(backup);
        var copies = new Restored[1];
        boolean restored =
                log.step(
                        "restore the backup " + backup.id() + " to the newest second",
                        runbook.restore(backup.id(), tablespaces),
                        () -> {
                            copies[0] =
                                    new Restoring(
                                                    repository,
                                                    user,
                                                    restore(
                                                            Optional.of(backup.backupId()),
                                                            tablespaces),
                                                    new Asking())
                                            .run(installations);
                            return List.of();
                        });
        if (!restored) {
            return;
        }
        boolean stopped;
        try {
            recovered = copies[0].recovered().orElseThrow();
            look(new Copy(copies[0].address().orElseThrow()));
        } finally {
            stopped = stop();
        }
        if (stopped) {
            pages(backup);
        }
    }

    private boolean stop() {
        return log.quietly(
                "stop the copy",
                runbook.stop(),
                () -> {
                    Restoring.stop(data);
                    return List.of();
                });
    }

    /// When the archive has been looked at, and nothing that comes later counts.
    private final class Asking implements RestoreListener {
        @Override
        public void chosen(BackupRecord backup) {
            asked = CompletableFuture.supplyAsync(acknowledged, Thread::startVirtualThread);
        }
    }

    private void look(Copy copy) {
        var commands = runbook.on(copy);
        var there = new Copy.Inventory[1];
        boolean answers =
                log.step(
                        "first query",
                        commands.firstQuery(),
                        () -> {
                            there[0] = copy.inventory();
                            return List.of();
                        });
        if (!answers) {
            return;
        }
        rtoMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        goal("RTO", rtoMillis, request.goals().rto());
        markers(copy, commands.marker());
        structures(copy, there[0], commands);
        for (Assertion each : request.assertions()) {
            log.step(
                    "in " + each.database() + ": " + each.query(),
                    commands.assertion(each),
                    () -> copy.ask(each));
        }
    }

    private void goal(String what, long millis, @Nullable Duration goal) {
        if (goal != null) {
            log.step(
                    what + " of " + goal.toMillis() + " ms at most",
                    "",
                    () ->
                            millis <= goal.toMillis()
                                    ? List.of()
                                    : List.of("it was " + millis + " ms"));
        }
    }

    private void markers(Copy copy, String byHand) {
        promised = asked.join().orElse(null);
        String what = "newest commit that is kept";
        boolean read =
                log.step(
                        what,
                        byHand,
                        () -> {
                            found = copy.marker().orElse(null);
                            return promised != null && found == null
                                    ? List.of("there is no marker in the copy")
                                    : List.of();
                        });
        Marker newest = promised;
        Marker kept = found;
        if (newest == null) {
            log.skipped(
                    "RPO",
                    "neither the primary nor a standby that is as far could be asked for its marker",
                    byHand);
        } else if (read && kept != null && kept.number() > newest.number()) {
            log.skipped("RPO", "the server that was asked is behind the archive", byHand);
        } else if (read && kept != null) {
            // A clock may have been set back.
            rpoMillis = Math.max(0, Duration.between(kept.at(), newest.at()).toMillis());
            goal("RPO", rpoMillis, request.goals().rpo());
        }
    }

    private void structures(Copy copy, Copy.Inventory there, Runbook.OnCopy commands) {
        for (String database : there.databases()) {
            String byHand = commands.structure(database);
            if (there.amcheck()) {
                log.step(everythingOf(database), byHand, () -> structure(copy, database));
            } else {
                log.skipped(everythingOf(database), "this PostgreSQL has no amcheck", byHand);
            }
        }
        for (String database : there.invalid()) {
            log.skipped(
                    everythingOf(database),
                    "a DROP DATABASE that was interrupted has left it, and nobody can connect to"
                            + " it: drop it again",
                    commands.invalid());
        }
    }

    private static String everythingOf(String database) {
        return "every index and table of " + database;
    }

    private static List<String> structure(Copy copy, String database) {
        try (PostgresConnection session = copy.connect(database)) {
            return new StructureCheck(session).run();
        }
    }

    private void pages(BackupRecord backup) {
        String what = "checksum of every page";
        if (!backup.checksums()) {
            log.skipped(what, "this server's pages carry none", runbook.pages());
            return;
        }
        log.step(
                what,
                runbook.pages(),
                () -> {
                    DamagedPages damaged = new PageSweep(data).run();
                    return damaged.first();
                });
    }

    private DrillReport report(@Nullable BackupRecord backup) {
        Recovered reached = recovered;
        return new DrillReport(
                DrillReport.FORMAT,
                BackupId.at(begun).text(),
                log.allPassed(),
                begun,
                Instant.now(),
                backup == null ? null : backup.id(),
                backup == null ? null : backup.postgresVersion(),
                reached == null ? null : reached.timeline(),
                reached == null ? null : reached.reached(),
                promised,
                found,
                rtoMillis,
                rpoMillis,
                millis(request.goals().rto()),
                millis(request.goals().rpo()),
                log.steps());
    }

    private static @Nullable Long millis(@Nullable Duration goal) {
        return goal == null ? null : Long.valueOf(goal.toMillis());
    }
}

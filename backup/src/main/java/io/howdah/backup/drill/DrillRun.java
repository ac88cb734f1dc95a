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
import io.howdah.backup.take.PageSweep;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
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
    private final DurableFiles files;
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
        this.files = new DurableFiles(user);
        this.data = new DataDirectory(request.scratch().data(), user);
    }

    /// Does it. What goes wrong from the choice of a backup on stands in the report.
    ///
    /// @throws BackupException when there is no backup that could be restored
    public DrillReport run(Installations installations) {
        BackupRecord backup = Restoring.choose(repository, restore(Optional.empty(), Map.of()));
        request.scratch().clear(user);
        try {
            boolean room = log.step("room for the copy", runbook.room(), () -> room(backup));
            if (room) {
                drill(backup, installations);
            }
        } finally {
            if (!request.keep()) {
                request.scratch().clear(user);
            }
        }
        return report(backup);
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
        files.createDirectory(request.scratch().directory());
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
        try {
            recovered = copies[0].recovered().orElseThrow();
            look(new Copy(copies[0].address().orElseThrow()));
        } finally {
            Restoring.stop(data);
        }
        pages(backup);
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
        var databases = new String[][] {{}};
        boolean answers =
                log.step(
                        "first query",
                        commands.firstQuery(),
                        () -> {
                            databases[0] = copy.databases().toArray(String[]::new);
                            return List.of();
                        });
        if (!answers) {
            return;
        }
        rtoMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
        goal("RTO", rtoMillis, request.goals().rto());
        markers(copy, commands.marker());
        for (String database : databases[0]) {
            structure(copy, database, commands.structure(database));
        }
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

    private void structure(Copy copy, String database, String byHand) {
        String what = "every index and table of " + database;
        try (PostgresConnection session = copy.connect(database)) {
            if (!StructureCheck.isAvailable(session)) {
                log.skipped(what, "this PostgreSQL has no amcheck", byHand);
                return;
            }
            log.step(what, byHand, () -> new StructureCheck(session).run());
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

    private DrillReport report(BackupRecord backup) {
        Recovered reached = recovered;
        return new DrillReport(
                DrillReport.FORMAT,
                BackupId.at(begun).text(),
                log.allPassed(),
                begun,
                Instant.now(),
                backup.id(),
                backup.postgresVersion(),
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

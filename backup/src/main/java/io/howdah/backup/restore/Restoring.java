package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.WalSource;
import io.howdah.backup.wal.WalSpool;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.PostgresServer;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.wire.ServerAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Restores one backup into one directory. For one call of [#run].
public final class Restoring {

    /// Where WAL is handed over, in the data directory: whoever restores may write there, and not
    /// always beside it.
    private static final String SPOOL = "howdah-spool";

    /// How often a follower looks for more: each look finds what came in the time of the one
    /// before.
    private static final int MOST_ROUNDS = 8;

    private final Repository repository;
    private final RestoreRequest request;
    private final RestoreListener listener;
    private final DataDirectory data;
    private final DurableFiles files;
    private List<DamagedPart> damaged = List.of();

    /// @param repository where the backups are
    /// @param user whom the files are given to: who runs PostgreSQL
    public Restoring(
            Repository repository,
            OperatingSystemUser user,
            RestoreRequest request,
            RestoreListener listener) {
        this.repository = repository;
        this.request = request;
        this.listener = listener;
        this.data = new DataDirectory(request.directory(), user);
        this.files = new DurableFiles(user);
    }

    /// The backup that a request is met from; nothing is touched.
    ///
    /// @throws BackupException when there is none
    public static BackupRecord choose(Repository repository, RestoreRequest request) {
        return new RestorePlanning(repository, request).anew().backup();
    }

    /// Stops, in order, a server that a restore has left running in a directory. Does nothing where
    /// none runs.
    public static void stop(DataDirectory data) {
        Recovery.stop(data);
    }

    /// Restores.
    ///
    /// @param installations the PostgreSQLs of this machine, one of which replays the WAL
    /// @throws BackupException when it is refused, or fails; run again, it goes on where it was
    public Restored run(Installations installations) {
        WalPlan plan = new RestorePlanning(repository, request).plan();
        plan.requireReached(request.target(), repository.store());
        listener.chosen(plan.backup());
        Optional<Installation> installation =
                switch (request.ending()) {
                    case PREPARED, FOLLOWER -> Optional.empty();
                    case STOPPED, RUNNING, SCRATCH ->
                            Optional.of(installation(installations, plan.backup()));
                };
        try (RestoreLock _ = new RestorePlace(data, request).lock(plan.backup(), files)) {
            return restore(plan, installation);
        }
    }

    private Restored restore(WalPlan plan, Optional<Installation> installation) {
        long kept = writeFiles(plan.backup());
        if (request.ending() != RestoreRequest.Ending.FOLLOWER) {
            files.write(data.path().resolve(Recovery.SIGNAL), "");
        }
        Restored restored =
                installation.isPresent()
                        ? recover(plan, kept, new Recovery(installation.get(), data))
                        : prepare(plan, kept);
        RestoreMark.remove(data.path(), files);
        listener.step(RestoreStep.ENDED);
        return restored;
    }

    /// The PostgreSQL that replays a backup's WAL.
    ///
    /// @throws BackupException when this machine has none of its major version
    static Installation installation(Installations installations, BackupRecord backup) {
        int major = PostgresVersion.parse(backup.postgresVersion()).major();
        return Stream.concat(
                        installations.installed().stream(),
                        Stream.of(installations).map(Installations::embedded))
                .filter(each -> each.version().major() == major)
                .findFirst()
                .orElseThrow(() ->
                        new BackupException(
                                "the backup "
                                        + backup.id()
                                        + " is of PostgreSQL "
                                        + backup.postgresVersion()
                                        + ", and this machine has no PostgreSQL "
                                        + major
                                        + " to replay its WAL",
                                "install it, or restore with --prepare-only and start it elsewhere"));
    }

    private long writeFiles(BackupRecord backup) {
        var place = new RestorePlace(data, request);
        Places places = place.places(backup);
        boolean keep = place.take(backup, files, listener::step);
        ObjectStore store = repository.store();
        long total = backup.manifest().bytes();
        var kept = new long[1];
        var skipped = new DamagedParts();
        try (var writing =
                new FileRestoring(
                        store,
                        places,
                        files.owner(),
                        request.workers(),
                        keep ? new Surplus(places, backup.links().first(), files) : null,
                        request.skipDamaged() ? skipped : null,
                        (written, right) -> {
                            kept[0] = right;
                            listener.progress(written, total, right);
                        })) {
            writing.run(backup);
        }
        tell(skipped.all());
        listener.step(RestoreStep.FILES_WRITTEN);
        return kept[0];
    }

    private void tell(List<DamagedPart> parts) {
        damaged = parts;
        Path list = data.path().resolve(DamagedPart.FILE);
        if (parts.isEmpty()) {
            boolean _ = files.delete(list);
            return;
        }
        files.write(list, parts.stream().map(each -> each + "\n").collect(Collectors.joining()));
        listener.damaged(parts);
    }

    private Restored prepare(WalPlan plan, long kept) {
        NewTablespaces tablespaces = newTablespaces(plan);
        unpack(plan, plan.segments(request.target()), tablespaces);
        WalPlan reached = plan;
        if (request.ending() == RestoreRequest.Ending.PREPARED) {
            settings(plan, RecoverySettings.NO_ARCHIVE).appendTo(data.path(), files);
        } else {
            reached = unpackWhatCame(plan, tablespaces);
        }
        return new Restored(
                plan.backup(), reached.reach(), kept, Optional.empty(), Optional.empty(), damaged);
    }

    private void unpack(WalPlan plan, List<String> segments, NewTablespaces tablespaces) {
        WalSource source = source(plan, tablespaces);
        Optional<String> vanished =
                new WalUnpacking(source, data.path(), files)
                        .run(
                                // A server of its own takes a number that nobody has had; a
                                // follower keeps to its line.
                                request.ending() == RestoreRequest.Ending.PREPARED
                                        ? plan.histories()
                                        : plan.timelines(),
                                segments,
                                request.workers());
        refuse(tablespaces.refusal());
        refuse(vanished.flatMap(promised(plan)::missing));
        if (isLatest()) {
            refuse(source.damage());
        }
    }

    /// The archive has gone on while files and WAL were written, for hours maybe: whoever is to
    /// follow a server gets that from it too, and asks the server for the last moments only.
    private WalPlan unpackWhatCame(WalPlan plan, NewTablespaces tablespaces) {
        WalPlan reached = plan;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            WalPlan next = new RestorePlanning(repository, request).again(reached);
            if (reached.reach().isAtLeast(next.reach())) {
                return reached;
            }
            unpack(next, next.segmentsFrom(reached.reach(), request.target()), tablespaces);
            boolean little =
                    next.reach().bytesSince(reached.reach()) < plan.backup().walSegmentBytes();
            reached = next;
            if (little) {
                return reached;
            }
        }
        return reached;
    }

    private Restored recover(WalPlan plan, long kept, Recovery recovery) {
        Path spoolPlace = data.path().resolve(SPOOL);
        files.deleteTree(spoolPlace);
        NewTablespaces tablespaces = newTablespaces(plan);
        PromisedWal promised = promised(plan);
        WalSource source = source(plan, tablespaces);
        try (WalSpool spool =
                WalSpool.open(
                        source,
                        spoolPlace,
                        files.owner(),
                        name ->
                                // What lies behind a refusal is not handed over, and not missed.
                                tablespaces.refusal().isPresent()
                                        ? Optional.empty()
                                        : promised.missing(name))) {
            PostgresServer server =
                    recovery.run(
                            settings(plan, spool.restoreCommand()).asMap(),
                            () -> listener.step(RestoreStep.RECOVERING),
                            spool::failure,
                            reason -> explained(reason, plan, spool, tablespaces, source));
            Recovered recovered = recovery.recovered();
            listener.step(RestoreStep.PROMOTED);
            boolean stays =
                    switch (request.ending()) {
                        case RUNNING, SCRATCH -> true;
                        case STOPPED, PREPARED, FOLLOWER -> false;
                    };
            Optional<BackupException> early =
                    isLatest()
                            ? tablespaces
                                    .refusal()
                                    .or(source::damage)
                                    .or(() -> promised.leftOver(recovered))
                            : Optional.empty();
            Optional<ServerAddress> address = Optional.empty();
            if (stays && early.isEmpty()) {
                address = Optional.of(recovery.address());
            } else {
                recovery.stop(server);
            }
            refuse(early);
            return new Restored(
                    plan.backup(), plan.reach(), kept, Optional.of(recovered), address, damaged);
        }
    }

    private Optional<BackupException> explained(
            String reason,
            WalPlan plan,
            WalSpool spool,
            NewTablespaces tablespaces,
            WalSource source) {
        boolean missed = reason.contains("before configured recovery target");
        boolean early = reason.contains("stop point is before consistent recovery point");
        return spool.failure()
                .or(() ->
                        missed || reason.contains("WAL ends before")
                                ? tablespaces.refusal().or(source::damage)
                                : Optional.empty())
                .or(() ->
                        missed
                                ? Optional.of(
                                        new BackupException(
                                                reason,
                                                request.target()
                                                        .hintWhenMissed(
                                                                plan.backup().id(), plan.reach())))
                                : Optional.empty())
                .or(() ->
                        early
                                ? Optional.of(
                                        new BackupException(
                                                reason,
                                                RestoreTarget.hintWhenTooEarly(plan.backup().id())))
                                : Optional.empty());
    }

    private PromisedWal promised(WalPlan plan) {
        return PromisedWal.of(plan, request.target(), repository.store());
    }

    /// To the newest means: as new as it is now. Whoever recovers while an archive goes on would
    /// else run after its end.
    private WalSource source(WalPlan plan, NewTablespaces tablespaces) {
        WalSource source = plan.source(repository.store()).inspectedBy(tablespaces);
        return isLatest() ? source.upTo(plan.reach()) : source;
    }

    private boolean isLatest() {
        return request.target() instanceof RestoreTarget.Latest;
    }

    private NewTablespaces newTablespaces(WalPlan plan) {
        var place = new RestorePlace(data, request);
        return new NewTablespaces(
                plan.backup().startLsn(),
                request.ending() == RestoreRequest.Ending.SCRATCH,
                location -> place.takeTablespace(location, files));
    }

    private static void refuse(Optional<BackupException> refusal) {
        refusal.ifPresent(cause -> {
            throw cause;
        });
    }

    private RecoverySettings settings(WalPlan plan, String restoreCommand) {
        return new RecoverySettings(
                request.target(), plan.line().current(), restoreCommand, !damaged.isEmpty());
    }
}

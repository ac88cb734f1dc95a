package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.chunk.PageJudge;
import io.howdah.backup.crew.Crew;
import io.howdah.backup.manifest.EarlierChunks;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.manifest.ManifestWriter;
import io.howdah.backup.pack.PackWriter;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.wal.WalRange;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionFailedException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// One backup, from its start on the server to its record. For one call of [#run]; to be closed.
final class Attempt implements AutoCloseable {

    private final Draft draft;
    private final BackupId id;
    private final ObjectStore store;
    private final DataDirectory data;
    private final BackupSession session;
    private final TakeOptions options;
    private final TakeListener listener;
    private final ControlData control;
    private final SourceTree tree;
    private final PackWriter packs;
    private final ManifestWriter manifest;
    private final PartReader late;

    Attempt(
            Repository repository,
            Draft draft,
            BackupId id,
            DataDirectory data,
            BackupSession session,
            TakeOptions options,
            TakeListener listener) {
        this.store = repository.store();
        this.draft = draft;
        this.id = id;
        this.data = data;
        this.session = session;
        this.options = options;
        this.listener = listener;
        this.control = data.controlData();
        this.tree = new SourceTree(data.path(), data.majorVersion());
        this.packs = draft.packs();
        this.manifest = draft.manifest();
        this.late =
                new PartReader(packs, options.level(), new PageJudge(Lsn.ZERO), new RateLimit(0));
    }

    /// @throws BackupException when the server's session ends meanwhile, as in a failover, among
    ///   other reasons
    BackupRecord run() {
        try {
            return take();
        } catch (ConnectionFailedException e) {
            throw new BackupException(
                    "the server was lost while it was backed up: " + e.getMessage(),
                    "run it again when the server is back, or on another member; it goes on with"
                            + " what was stored",
                    e);
        }
    }

    private BackupRecord take() {
        Instant begun = session.now();
        long estimated = session.estimatedBytes();
        Lsn start = session.start("howdah " + id);
        listener.step(TakeStep.STARTED);
        TimelineId timeline = session.timeline();
        WalOfBackup.requireHistory(data.path().resolve("pg_wal"), timeline);
        draft.requireWal(timeline, start);
        List<Tablespace> tablespaces = tree.tablespaces();
        var first = WalSegment.at(timeline, start, control.walSegmentBytes());
        var release = new WalRelease(session, store, data.path().resolve("pg_wal"), first);
        FilesRead files;
        try (release) {
            release.start();
            files = readFiles(start, estimated, tablespaces, release);
        }
        release.check();
        byte[] controlFile = data.controlFile();
        listener.step(TakeStep.FILES_READ);
        BackupSession.Stopped stopped = session.stop();
        listener.step(TakeStep.STOPPED);
        addLate(ManifestLine.LABEL, stopped.label().content().getBytes(StandardCharsets.UTF_8));
        storeWal(Lsn.max(start, release.neededFrom()), stopped);
        addLate(ManifestLine.CONTROL_FILE, controlFile);
        ManifestSummary summary = manifest.end();
        listener.step(TakeStep.MANIFEST_STORED);
        return new BackupRecord(
                RepositoryIdentity.FORMAT,
                id.text(),
                session.systemId(),
                session.serverVersion(),
                session.isStandby(),
                stopped.label().timeline(),
                start,
                stopped.stopLsn(),
                begun,
                stopped.stopTime(),
                control.walSegmentBytes(),
                control.hasDataChecksums(),
                tablespaces,
                packs.storedBytes() + summary.storedBytes(),
                summary,
                files.damaged(),
                files.links());
    }

    private record FilesRead(DamagedPages damaged, LeftOutLinks links) {}

    private FilesRead readFiles(
            Lsn start, long estimated, List<Tablespace> tablespaces, WalRelease release) {
        List<EarlierChunks> earlier = draft.earlier();
        var judge = new PageJudge(start);
        var limit = new RateLimit(options.bytesPerSecond());
        try (var readers =
                new Crew<>(
                        "backup-reader",
                        options.workers(),
                        () -> new PartReader(packs, options.level(), judge, limit))) {
            var reading =
                    new FileReading(
                            new ReadingPlan(
                                    earlier, control.hasDataChecksums(), control.segmentPages()),
                            readers,
                            manifest,
                            read -> {
                                release.check();
                                listener.progress(read, estimated, packs.storedBytes());
                            });
            tree.walk(tablespaces, reading);
            return new FilesRead(reading.end(), reading.links());
        } finally {
            earlier.forEach(EarlierChunks::close);
        }
    }

    /// A standby's end may lie before what its primary has archived by now.
    private void storeWal(Lsn neededFrom, BackupSession.Stopped stopped) {
        if (stopped.stopLsn().compareTo(neededFrom) > 0) {
            new WalOfBackup(
                            data.path().resolve("pg_wal"),
                            stopped.label().timeline(),
                            new WalRange(neededFrom, stopped.stopLsn()),
                            control.walSegmentBytes(),
                            !session.isStandby())
                    .store(store, session.systemId());
        }
        listener.step(TakeStep.WAL_STORED);
    }

    private void addLate(String path, byte[] content) {
        int chunkBytes = ChunkSize.of(content.length);
        manifest.file(new ManifestLine.File(path, content.length, 0600, chunkBytes));
        late.store(content, chunkBytes).forEach(manifest::chunk);
    }

    @Override
    public void close() {
        late.close();
    }
}

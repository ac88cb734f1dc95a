package io.howdah.backup.take;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.github.luben.zstd.Zstd;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.DamagedPages;
import io.howdah.backup.catalog.LeftOutLinks;
import io.howdah.backup.manifest.EarlierChunks;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.ManifestSummary;
import io.howdah.backup.pack.ChunkReference;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryIdentity;
import io.howdah.backup.store.Content;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.PutMode;
import io.howdah.backup.store.PutOutcome;
import io.howdah.backup.wal.WalNames;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.SystemId;
import io.howdah.postgres.TimelineId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/// A server in memory, and backups of it: all that a backup does in a repository, with the same
/// code, without PostgreSQL.
final class ModelBackup {

    static final SystemId SYSTEM = new SystemId(7301);
    static final int SEGMENT = 1 << 20;

    private static final int FILES = 6;
    private static final int CHUNKS = 8;
    private static final int CHUNK_BYTES = 64;
    private static final int PART_BYTES = 300;

    private final int[][] pages = new int[FILES][CHUNKS];
    private final Random random;
    private long segment = 10;
    private TimelineId timeline = TimelineId.FIRST;

    ModelBackup(long seed) {
        random = new Random(seed);
    }

    /// The server writes.
    void write() {
        synchronized (this) {
            pages[random.nextInt(FILES)][random.nextInt(CHUNKS)] = random.nextInt();
            segment++;
        }
    }

    /// All pages hold the same from now on.
    void fill(int value) {
        for (int[] file : pages) {
            Arrays.fill(file, value);
        }
        segment++;
    }

    /// Another server goes on in its place, from a position that it has passed.
    void fork(ObjectStore store, Lsn at) {
        TimelineId next = timeline.next();
        byte[] history = "%s\t%s\tno reason\n".formatted(timeline, at).getBytes(UTF_8);
        PutOutcome _ =
                store.put(
                        new WalNames(SYSTEM).history(next), Content.of(history), PutMode.IF_ABSENT);
        timeline = next;
        segment = at.value() / SEGMENT;
    }

    /// Backs it up.
    ///
    /// @param lag how many segments the standby lies behind that it is taken from
    BackupRecord take(ObjectStore store, Instant now, int lag) {
        return take(begin(store, now, lag));
    }

    /// Backs it up, and refers to nothing of earlier backups.
    BackupRecord takeAnew(ObjectStore store, Instant now) {
        return take(new UnderWay(store, now, 0, true));
    }

    private static BackupRecord take(UnderWay underWay) {
        try {
            underWay.read();
            return underWay.publish();
        } finally {
            underWay.close();
        }
    }

    /// Begins a backup.
    UnderWay begin(ObjectStore store, Instant now, int lag) {
        return new UnderWay(store, now, lag, false);
    }

    /// A backup step by step; one that is not closed has ended as if it were killed.
    final class UnderWay {

        private final ObjectStore store;
        private final Instant now;
        private final long first;
        private final TimelineId of = timeline;
        private final BackupId id;
        private final Draft draft;
        private final List<EarlierChunks> earlier;
        private long last;

        private UnderWay(ObjectStore store, Instant now, int lag, boolean anew) {
            this.store = store;
            this.now = now;
            this.first = segment - lag;
            var catalog = new BackupCatalog(Repository.open(store));
            this.id = catalog.newId(now);
            this.draft = new Draft(catalog, id, anew, () -> {}, PART_BYTES);
            draft.requireWal(of, start());
            this.earlier = draft.earlier();
        }

        BackupId id() {
            return id;
        }

        /// Reads all files; the server writes meanwhile.
        void read() {
            try (var chunker = new Chunker(draft.packs(), 1)) {
                for (int file = 0; file < FILES; file++) {
                    readFile(draft, earlier, chunker, file);
                    renew();
                    write();
                }
            } finally {
                earlier.forEach(EarlierChunks::close);
            }
            last = segment;
        }

        void renew() {
            draft.lease().renew();
        }

        private Lsn start() {
            return new Lsn(first * SEGMENT);
        }

        BackupRecord publish() {
            Lsn stop = new Lsn(last * SEGMENT + 1000);
            for (long number = first; number <= last; number++) {
                putWal(store, of, number);
            }
            ManifestSummary summary = draft.manifest().end();
            var backup =
                    new BackupRecord(
                            RepositoryIdentity.FORMAT,
                            id.text(),
                            SYSTEM,
                            "18.0",
                            false,
                            of,
                            start(),
                            stop,
                            now,
                            now,
                            SEGMENT,
                            true,
                            List.of(),
                            0,
                            summary,
                            new DamagedPages(0, List.of()),
                            LeftOutLinks.NONE);
            draft.publish(backup);
            return backup;
        }

        void close() {
            draft.close();
        }
    }

    private void readFile(Draft draft, List<EarlierChunks> earlier, Chunker chunker, int number) {
        var file =
                new ManifestLine.File("base/1/" + number, CHUNKS * CHUNK_BYTES, 0600, CHUNK_BYTES);
        List<EarlierChunks> holders = earlier.stream().filter(each -> each.find(file)).toList();
        List<ChunkReference> before =
                holders.isEmpty() ? List.of() : holders.getFirst().next(CHUNKS);
        var references = new ArrayList<ChunkReference>();
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            byte[] content = "%064d".formatted(pages[number][chunk]).getBytes(UTF_8);
            chunker.add(content, 0, CHUNK_BYTES, chunk < before.size() ? before.get(chunk) : null);
        }
        references.addAll(chunker.take());
        draft.manifest().file(file);
        references.forEach(draft.manifest()::chunk);
    }

    /// As an archiver does, too.
    void archive(ObjectStore store) {
        putWal(store, timeline, segment);
        write();
    }

    private static void putWal(ObjectStore store, TimelineId timeline, long number) {
        var wal = new WalSegment(timeline, number, SEGMENT);
        byte[] packed = Zstd.compress(new byte[SEGMENT]);
        PutOutcome _ =
                store.put(new WalNames(SYSTEM).segment(wal), Content.of(packed), PutMode.IF_ABSENT);
    }
}

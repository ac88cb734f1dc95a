package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.wal.SegmentRecords;
import io.howdah.backup.wal.WalInspection;
import io.howdah.backup.wal.WalSegment;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Keeps replay from making a tablespace where another server's files may lie. One that was created
/// after the backup comes back by WAL alone, and PostgreSQL makes it where it was, whatever
/// `--tablespace-map` says: on a host of the cluster, among the files of the server that runs. So
/// the WAL ends, for this restore, before the record that would. Thread-safe.
final class NewTablespaces implements WalInspection {

    /// PostgreSQL's `RM_TBLSPC_ID`, and its `XLOG_TBLSPC_CREATE`.
    private static final int MANAGER = 5;

    private static final int CREATE = 0x00;
    private static final int KIND = 0xf0;

    /// Of so many segments before the last one, what they have of records in two segments is
    /// remembered; more than are fetched ahead.
    private static final int REMEMBERED = 64;

    /// A tablespace that the WAL makes.
    private record Created(Lsn start, String location) {}

    /// The parts of records that lie in two segments, by the number of the second one.
    private static final class Parts {
        private final TreeMap<Long, Map<TimelineId, SegmentRecords.Part>> bySegment =
                new TreeMap<>();

        void remember(long number, TimelineId timeline, SegmentRecords.Part part) {
            bySegment.headMap(number - REMEMBERED).clear();
            bySegment.computeIfAbsent(number, _ -> new HashMap<>()).put(timeline, part);
        }

        List<SegmentRecords.Part> of(long number) {
            return List.copyOf(bySegment.getOrDefault(number, Map.of()).values());
        }
    }

    private final Lsn from;
    private final boolean scratch;
    private final Predicate<Path> mayHold;
    private final Parts lasts = new Parts();
    private final Parts firsts = new Parts();
    private @Nullable Created refused;

    /// @param from where replay begins
    /// @param scratch whether nothing may lie outside of the directory
    /// @param mayHold whether a tablespace may be made in a place
    NewTablespaces(Lsn from, boolean scratch, Predicate<Path> mayHold) {
        this.from = from;
        this.scratch = scratch;
        this.mayHold = mayHold;
    }

    @Override
    public Lsn limit(WalSegment segment, FileChannel content) throws IOException {
        var found = new Found();
        SegmentRecords.Edges edges = SegmentRecords.read(segment, content, found);
        synchronized (this) {
            edges.first()
                    .ifPresent(first -> {
                        firsts.remember(segment.number(), segment.timeline(), first);
                        lasts.of(segment.number())
                                .forEach(last -> SegmentRecords.join(last, first, found));
                    });
            edges.last()
                    .ifPresent(last -> {
                        lasts.remember(segment.number() + 1, segment.timeline(), last);
                        firsts.of(segment.number() + 1)
                                .forEach(first -> SegmentRecords.join(last, first, found));
                    });
            return found.created.stream()
                    .filter(this::isRefused)
                    .map(each -> Lsn.max(each.start(), segment.start()))
                    .reduce(segment.end(), Lsn::min);
        }
    }

    private static final class Found implements SegmentRecords.Visitor {
        private final List<Created> created = new ArrayList<>();

        @Override
        public boolean wants(int manager, int info) {
            return manager == MANAGER && (info & KIND) == CREATE;
        }

        @Override
        public void record(Lsn start, int manager, int info, ByteBuffer data) {
            String text = StandardCharsets.UTF_8.decode(data.position(Integer.BYTES)).toString();
            created.add(new Created(start, text.split("\0", 2)[0]));
        }
    }

    private boolean isRefused(Created created) {
        // One without a location lies in the data directory.
        if (created.location().isEmpty()
                || from.compareTo(created.start()) > 0
                || (!scratch && mayHold.test(Path.of(created.location())))) {
            return false;
        }
        if (refused == null || refused.start().compareTo(created.start()) > 0) {
            refused = created;
        }
        return true;
    }

    /// Why the WAL that was handed over ended before its end; empty when it did not.
    synchronized Optional<BackupException> refusal() {
        return Optional.ofNullable(refused).map(this::refusal);
    }

    private BackupException refusal(Created created) {
        String fact =
                "the WAL makes a tablespace at "
                        + created.location()
                        + " (at "
                        + created.start()
                        + "), as it was created after the backup began, and ";
        return scratch
                ? new BackupException(
                        fact + "a copy in a scratch directory has nothing outside of it",
                        "take a backup first: then its files go into the scratch directory")
                : new BackupException(
                        fact
                                + "there is something in that directory on this machine, which may"
                                + " be another server's",
                        "take a backup first, which lets it go elsewhere by --tablespace-map; or"
                                + " choose a target before "
                                + created.start()
                                + ", or a machine where that directory is empty");
    }
}

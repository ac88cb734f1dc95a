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
import java.util.function.Function;
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

    /// One that it may not make.
    private record Refused(Created created, String why) {}

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
    private final Function<Path, Optional<String>> obstacle;
    private final Parts lasts = new Parts();
    private final Parts firsts = new Parts();
    private @Nullable Refused refused;

    /// @param from where replay begins
    /// @param scratch whether nothing may lie outside of the directory
    /// @param obstacle why a tablespace may not be made in a place; empty where it may
    NewTablespaces(Lsn from, boolean scratch, Function<Path, Optional<String>> obstacle) {
        this.from = from;
        this.scratch = scratch;
        this.obstacle = obstacle;
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
        if (created.location().isEmpty() || from.compareTo(created.start()) > 0) {
            return false;
        }
        Optional<String> why =
                scratch
                        ? Optional.of("a copy in a scratch directory has nothing outside of it")
                        : obstacle.apply(Path.of(created.location()));
        if (why.isPresent()
                && (refused == null || refused.created.start().compareTo(created.start()) > 0)) {
            refused = new Refused(created, why.get());
        }
        return why.isPresent();
    }

    /// Why the WAL that was handed over ended before its end; empty when it did not.
    synchronized Optional<BackupException> refusal() {
        return Optional.ofNullable(refused).map(this::refusal);
    }

    private BackupException refusal(Refused what) {
        return new BackupException(
                "the WAL makes a tablespace at "
                        + what.created.location()
                        + " (at "
                        + what.created.start()
                        + "), as it was created after the backup began, and "
                        + what.why,
                scratch
                        ? "take a backup first: then its files go into the scratch directory"
                        : "take a backup first, which lets it go elsewhere by --tablespace-map; or"
                                + " choose a target before "
                                + what.created.start()
                                + ", or a machine where that directory is empty");
    }
}

package io.howdah.backup.wal;

import io.howdah.backup.repository.RepositoryMemory;
import io.howdah.backup.store.ObjectStore;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.TimelineId;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ReplicationConnection;
import io.howdah.postgres.wire.WireException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Archives a server's WAL, as it is written, in all repositories, each by itself: none waits for
/// another, and one that is away catches up, from what the slot keeps. Where each goes on is found
/// in the repository itself, so the archiver may be killed at any moment, and go on elsewhere.
/// Thread-safe; `close` ends it, for good.
public final class WalArchiver implements AutoCloseable {

    /// How often the server hears of us, and its slot is moved.
    private static final Duration ROUND = Duration.ofSeconds(1);

    private static final Logger LOG = LoggerFactory.getLogger(WalArchiver.class);

    /// One call of [#run].
    private record Run(TimelineId timeline, KeptSlot slot, List<RepositoryArchive> archives) {

        Run {
            archives = List.copyOf(archives);
        }

        /// Up to where every repository has all WAL; empty before each was looked at.
        Optional<Lsn> archived() {
            List<Lsn> known = archives.stream().flatMap(each -> each.archived().stream()).toList();
            return known.size() < archives.size()
                    ? Optional.empty()
                    : known.stream().min(Comparator.naturalOrder());
        }

        WalArchiveStatus status() {
            Lsn archived =
                    archives.stream()
                            .map(each -> each.archived().orElse(slot.first()))
                            .min(Comparator.naturalOrder())
                            .orElseThrow();
            return new WalArchiveStatus(
                    archives.stream()
                            .flatMap(each -> each.timeline().stream())
                            .min(Comparator.naturalOrder())
                            .orElse(timeline),
                    archived,
                    Lsn.max(slot.serverEnd(), archived),
                    archives.stream()
                            .map(RepositoryArchive::behind)
                            .max(Comparator.naturalOrder())
                            .orElseThrow());
        }
    }

    private final WalArchiveSettings settings;
    private final List<ObjectStore> stores;
    private final RepositoryMemory memory;
    private final RepositoryTroubles troubles;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile @Nullable Run current;
    private long runs; // of the thread that runs it

    /// @param stores of the repositories, one or more; those that are none yet become the server's
    /// @param memory which of them there were before
    /// @param troubles hears which of them take no WAL
    public WalArchiver(
            WalArchiveSettings settings,
            List<ObjectStore> stores,
            RepositoryMemory memory,
            RepositoryTroubles troubles) {
        this.settings = settings;
        this.memory = memory;
        this.troubles = troubles;
        this.stores = List.copyOf(stores);
        if (stores.isEmpty()) {
            throw new IllegalArgumentException("WAL is archived in one repository at least");
        }
    }

    /// Archives until it is closed, or the server is lost. Call it again after a pause: it goes on
    /// where it was. One thread at a time. What goes wrong with a repository is tried again, and
    /// told to the [RepositoryTroubles]: that it cannot be read or written, holds other WAL,
    /// belongs to another cluster, is missing or another one than before.
    ///
    /// @param server the primary, or whoever else has the WAL
    /// @throws WireException when the server cannot be reached, or is lost
    public void run(ConnectionSettings server) {
        clear();
        try (PostgresConnection session = PostgresConnection.open(server)) {
            TimelineId timeline;
            try (ReplicationConnection replication = ReplicationConnection.open(server)) {
                timeline = replication.identifySystem().timeline();
            }
            archive(server, timeline, new KeptSlot(new ArchiveSlot(settings.slot()), session));
        } catch (WireException e) {
            if (!isClosed()) {
                throw e;
            }
            LOG.debug("the archive was closed: {}", e.getMessage());
        }
    }

    private void archive(ConnectionSettings server, TimelineId timeline, KeptSlot slot) {
        runs++;
        var archives = new ArrayList<RepositoryArchive>();
        for (ObjectStore store : stores) {
            archives.add(
                    new RepositoryArchive(
                            settings,
                            archives.size(),
                            settings.directory().resolve(runs + "-" + archives.size()),
                            store,
                            memory,
                            troubles,
                            slot,
                            server));
        }
        var run = new Run(timeline, slot, archives);
        current = run;
        try {
            run.archives.forEach(RepositoryArchive::start);
            while (!closed.await(ROUND.toMillis(), TimeUnit.MILLISECONDS)) {
                run.archives.forEach(RepositoryArchive::report);
                Lsn kept = slot.keep();
                run.archived()
                        .filter(archived -> archived.compareTo(kept) > 0)
                        .ifPresent(slot::advance);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            current = null;
            run.archives.forEach(RepositoryArchive::end);
            run.archives.forEach(RepositoryArchive::close);
        }
    }

    /// What former ones have buffered. One that waits for a repository that does not answer may
    /// have it open still: it has nothing more to do with it.
    private void clear() {
        Path directory = settings.directory();
        try {
            Files.createDirectories(directory);
            try (Stream<Path> old = Files.walk(directory)) {
                for (Path path : old.sorted(Comparator.reverseOrder()).toList()) {
                    if (!path.equals(directory)) {
                        Files.deleteIfExists(path);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            throw new UncheckedIOException("cannot buffer WAL in " + directory, new IOException(e));
        }
    }

    private boolean isClosed() {
        return closed.getCount() == 0;
    }

    /// How far it has come; empty while no server is archived.
    public Optional<WalArchiveStatus> status() {
        return Optional.ofNullable(current).map(Run::status);
    }

    @Override
    public void close() {
        closed.countDown();
        Run run = current;
        if (run != null) {
            run.archives.forEach(RepositoryArchive::end);
        }
    }
}

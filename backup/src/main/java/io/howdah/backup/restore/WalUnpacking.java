package io.howdah.backup.restore;

import io.howdah.backup.crew.Crew;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.backup.wal.WalSource;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Puts the WAL of a plan into a restored directory, several files at a time, for a server that
/// starts where the repository is not. For one call of [#run].
final class WalUnpacking {

    /// Files that are fetched or wait.
    private static final int MOST_UNDER_WAY = 16;

    private record Fetched(String name, boolean there) {}

    private final WalSource source;
    private final Path directory;
    private final DurableFiles files;
    private final Deque<Future<Fetched>> underWay = new ArrayDeque<>();
    private @Nullable String vanished;

    /// @param dataDirectory whose `pg_wal` is filled
    WalUnpacking(WalSource source, Path dataDirectory, DurableFiles files) {
        this.source = source;
        this.directory = dataDirectory.resolve("pg_wal");
        this.files = files;
    }

    /// Fetches all of it; durable when it returns.
    ///
    /// @param histories the timelines whose histories belong to it
    /// @param segments of the plan, the names of those that are wanted
    /// @param workers how many threads fetch
    /// @return a segment that the repository had when the plan was made, and does not give; empty
    ///   where it has given all
    /// @throws StoreUnavailableException when the store cannot say
    Optional<String> run(Collection<TimelineId> histories, List<String> segments, int workers) {
        // The first timeline has none.
        histories.forEach(each -> {
            boolean _ = fetch(each.historyFileName());
        });
        try (ExecutorService threads =
                Executors.newFixedThreadPool(
                        workers, Thread.ofPlatform().daemon().name("wal-unpacker-", 1).factory())) {
            fetchAll(segments, threads);
        }
        files.syncDirectory(directory);
        return Optional.ofNullable(vanished);
    }

    private void fetchAll(List<String> segments, ExecutorService threads) {
        try {
            for (String segment : segments) {
                underWay.add(threads.submit(() -> new Fetched(segment, fetch(segment))));
                drain(MOST_UNDER_WAY);
            }
            drain(0);
        } finally {
            underWay.forEach(each -> each.cancel(false));
        }
    }

    private void drain(int leave) {
        while (underWay.size() > leave) {
            Fetched fetched = Crew.await(underWay.remove());
            if (!fetched.there && vanished == null) {
                vanished = fetched.name;
            }
        }
    }

    private boolean fetch(String name) {
        Path beside = directory.resolve("howdah." + name);
        boolean there = source.fetch(name, beside);
        if (there) {
            files.owner().own(beside);
            files.sync(beside);
            files.rename(beside, directory.resolve(name));
        } else {
            files.delete(beside);
        }
        return there;
    }
}

package io.howdah.node.backup;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupCatalog;
import io.howdah.backup.catalog.BackupProgress;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.catalog.LastAttempt;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.verify.LastVerification;
import io.howdah.node.api.BackupStatus;
import io.howdah.node.beside.BesideFiles;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks which backups there are, once a minute, and more often which are under way, whoever takes
/// them, and tells the agent. A list of what a bucket holds is paid for, each time and on each
/// node: so all backups are listed when the last attempt is another than before, and now and then.
/// `start` is called once; to be closed.
final class BackupsWatch implements AutoCloseable {

    private static final Duration ROUND = Duration.ofSeconds(10);
    private static final int ROUNDS_PER_LOOK = 6;

    /// So many rounds go by without a look at what is under way, while nothing is.
    private static final int ROUNDS_PER_IDLE_LOOK = 3;

    /// A newer backup whose attempt was not written down is found with the next list at the latest.
    private static final int LOOKS_PER_LIST = 10;

    /// What was found when all backups were listed.
    ///
    /// @param last the last attempt then
    /// @param newest when the newest backup ended; null where there is none
    /// @param looks how often it has been gone by
    private record Listed(Optional<LastAttempt> last, @Nullable Instant newest, int looks) {

        Listed again() {
            return new Listed(last, newest, looks + 1);
        }

        boolean holds(Optional<LastAttempt> attempt) {
            return last.equals(attempt) && looks < LOOKS_PER_LIST;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(BackupsWatch.class);

    private final List<ObjectStore> stores;
    private final BesideFiles files;
    private final Supplier<String> archiveProblem;
    private final RunningBackups running = new RunningBackups();
    private BackupsReport known;
    private boolean isKnown;
    private final KnownRepositories made = new KnownRepositories();
    private final IdentityHashMap<ObjectStore, Listed> listed = new IdentityHashMap<>();
    private final Thread thread = Thread.ofPlatform().daemon().name("backups").unstarted(this::run);

    /// Begins with what a former worker has seen: a repository that does not answer just now still
    /// has it.
    ///
    /// @param archiveProblem why WAL does not come into every repository; blank while it does
    BackupsWatch(List<ObjectStore> stores, BesideFiles files, Supplier<String> archiveProblem) {
        this.archiveProblem = archiveProblem;
        this.stores = List.copyOf(stores);
        this.files = files;
        this.known =
                BackupsReport.read(files)
                        .map(last -> new BackupsReport(last.repositories(), List.of(), null))
                        .orElse(new BackupsReport(List.of(), List.of(), null));
    }

    void start() {
        thread.start();
    }

    private void run() {
        try {
            for (int round = 0; ; round++) {
                tell(
                        round % ROUNDS_PER_LOOK == 0,
                        !known.running().isEmpty() || round % ROUNDS_PER_IDLE_LOOK == 0);
                Thread.sleep(ROUND);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// The problem first: a repository may be long in answering that it does not.
    private void tell(boolean all, boolean underWay) {
        write(known.repositories(), known.running());
        List<RepositoryBackups> found = known.repositories();
        if (all || !isKnown) {
            found = look(found);
        }
        write(found, underWay ? running(System.nanoTime() / 1_000_000) : known.running());
    }

    private void write(List<RepositoryBackups> found, List<BackupStatus> now) {
        String problem = archiveProblem.get();
        try {
            known = new BackupsReport(found, now, problem.isBlank() ? null : problem);
            known.write(files);
        } catch (IOException e) {
            LOG.debug("the agent is not told of backups: {}", e.getMessage());
        }
    }

    private List<BackupStatus> running(long nowMillis) {
        var found = new ArrayList<BackupProgress>();
        for (ObjectStore store : stores) {
            try {
                if (made.isMade(store)) {
                    found.addAll(BackupProgress.all(store));
                }
            } catch (BackupException e) {
                LOG.debug("what is under way in {} is not known: {}", store, e.getMessage());
            }
        }
        return running.look(found, nowMillis);
    }

    /// What each repository has; of one that does not answer, what was seen before.
    List<RepositoryBackups> look(List<RepositoryBackups> before) {
        isKnown = true;
        var found = new LinkedHashMap<String, RepositoryBackups>();
        for (ObjectStore store : stores) {
            String name = name(store, found.keySet());
            try {
                found.put(name, look(name, store));
            } catch (BackupException e) {
                LOG.debug("which backups {} has is not known: {}", store, e.getMessage());
                isKnown = false;
                RepositoryBackups seen =
                        before.stream()
                                .filter(each -> each.repository().equals(name))
                                .findFirst()
                                .orElseGet(() -> RepositoryBackups.nothing(name));
                found.put(name, seen.silenced());
            }
        }
        return List.copyOf(found.values());
    }

    /// Of two buckets at different servers that are called the same the second has a number.
    private static String name(ObjectStore store, Set<String> taken) {
        String name = store.toString();
        for (int number = 2; taken.contains(name); number++) {
            name = store + " (" + number + ")";
        }
        return name;
    }

    private RepositoryBackups look(String name, ObjectStore store) {
        if (!made.isMade(store)) {
            return RepositoryBackups.nothing(name);
        }
        var repository = Repository.open(store);
        Optional<LastAttempt> last = LastAttempt.NOTE.read(store);
        Listed before = listed.get(store);
        Listed now =
                before != null && before.holds(last)
                        ? before.again()
                        : new Listed(
                                last,
                                new BackupCatalog(repository)
                                        .newest()
                                        .map(BackupRecord::stopTime)
                                        .orElse(null),
                                0);
        listed.put(store, now);
        return new RepositoryBackups(
                name,
                now.newest(),
                last.map(LastAttempt::id).orElse(null),
                last.map(LastAttempt::succeeded).orElse(null),
                LastVerification.NOTE
                        .read(store)
                        .map(verified ->
                                new RepositoryBackups.Verified(
                                        verified.endTime(),
                                        verified.result().damageCount(),
                                        verified.result().gaps().size()))
                        .orElse(null),
                false);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}

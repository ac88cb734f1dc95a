package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectStore;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.SystemId;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What somebody who writes into repositories knows of them and of itself: which repository it has
/// found at which place, and which cluster it belongs to, each in a file of its own. Where there
/// was a repository, none is made: a folder without it is a disk that is not mounted, and another
/// one in its place is somebody else's. Into one of another cluster nothing is written
/// ([Ownership]). The files lie beside a node, not in its data directory, so no copy of the data
/// inherits them. Thread-safe; several may share a file.
public final class RepositoryMemory {

    private static final Logger LOG = LoggerFactory.getLogger(RepositoryMemory.class);

    /// What the file says.
    ///
    /// @param repositories the UUID of each, by the identity of its store; by what the store is
    ///   called where that was written before stores had one
    private record Known(Map<String, UUID> repositories) {}

    private final @Nullable Path file;
    private final @Nullable Path leaders;
    private final boolean writes;

    private RepositoryMemory(@Nullable Path file, @Nullable Path leaders, boolean writes) {
        this.file = file;
        this.leaders = leaders;
        this.writes = writes;
    }

    /// Whoever knows nothing, belongs to no cluster, and goes by what is there.
    public static RepositoryMemory none() {
        return new RepositoryMemory(null, null, false);
    }

    /// What stands in a file, and is added to it.
    ///
    /// @param leaders in which file the node's [Lineage] is
    public static RepositoryMemory of(Path file, Path leaders) {
        return new RepositoryMemory(file, leaders, true);
    }

    /// What somebody else has written into a file; nothing where this user may not read it.
    ///
    /// @param leaders in which file the node's [Lineage] is
    public static RepositoryMemory readFrom(Path file, Path leaders) {
        return new RepositoryMemory(file, leaders, false);
    }

    /// The repository in a store, to write into it; made where there is none, none is remembered,
    /// and the store is empty.
    ///
    /// @throws BackupException as [Repository#openOrMake], and where another one was, or is
    ///   missing, or another cluster with the same database writes there
    public Repository openOrMake(ObjectStore store, SystemId cluster) {
        Repository found =
                remembered(store, cluster).orElseGet(() -> Repository.openOrMake(store, cluster));
        claim(store);
        return noted(found);
    }

    /// The repository in a store, to go by what it holds of this cluster; empty where none was made
    /// yet.
    ///
    /// @throws BackupException as [Repository#open], and where another one was, or is missing, or
    ///   another cluster with the same database writes there
    /// @throws StoreUnavailableException when the store cannot say
    public Optional<Repository> open(ObjectStore store, SystemId cluster) {
        Optional<Repository> found = remembered(store, cluster);
        if (found.isEmpty() && Repository.isThere(store)) {
            found = Optional.of(Repository.open(store, cluster));
        }
        found.ifPresent(_ -> requireOurs(store));
        return found.map(this::noted);
    }

    /// Sees that the repository in a store is this cluster's, or nobody's.
    ///
    /// @throws BackupException when it is another's
    /// @throws StoreUnavailableException when the store cannot say
    public void requireOurs(ObjectStore store) {
        Ownership.require(store, lineage());
    }

    /// As [#requireOurs], and writes down that it is.
    ///
    /// @throws BackupException when it is another's, or this node's cluster had no leader yet
    public void claim(ObjectStore store) {
        Lineage own = lineage();
        if (own == null) {
            Ownership.require(store, null);
        } else {
            Ownership.claim(store, own);
        }
    }

    private @Nullable Lineage lineage() {
        return leaders == null ? null : Lineage.read(leaders);
    }

    private Optional<Repository> remembered(ObjectStore store, SystemId cluster) {
        Map<String, UUID> all = read();
        UUID known = all.get(store.identity());
        if (known == null) {
            return namedAlike(store, all.get(store.toString()), cluster);
        }
        requireThere(store, known);
        Repository found = Repository.open(store, cluster);
        if (!found.identity().cluster().equals(known)) {
            throw new BackupException(
                    "the repository in "
                            + store
                            + " is another one than before: "
                            + found.identity().cluster()
                            + ", not "
                            + known
                            + "; nothing was written to it",
                    "mount the right disk there, or name another place; if this one is right,"
                            + " delete "
                            + file);
        }
        return Optional.of(found);
    }

    /// What is remembered by the name may be of another bucket that is called the same.
    private static Optional<Repository> namedAlike(
            ObjectStore store, @Nullable UUID known, SystemId cluster) {
        return known != null && Repository.isThere(store)
                ? Optional.of(Repository.open(store, cluster))
                        .filter(found -> found.identity().cluster().equals(known))
                : Optional.empty();
    }

    private void requireThere(ObjectStore store, UUID known) {
        try {
            if (!Repository.isThere(store)) {
                throw new BackupException(
                        "the repository " + known + " was in " + store + ", and there is none now",
                        hint());
            }
        } catch (StoreUnavailableException e) {
            throw new StoreUnavailableException(
                    e.fact() + ", where the repository " + known + " was before", hint(), e);
        }
    }

    private String hint() {
        return "mount its disk, and look at the network; if it is gone for good, delete "
                + file
                + ", and a new one is made";
    }

    /// A place that cannot be remembered is used all the same: it matters more that WAL is
    /// archived.
    private synchronized Repository noted(Repository repository) {
        Path target = file;
        if (target == null || !writes) {
            return repository;
        }
        var next = new TreeMap<>(read());
        UUID found = repository.identity().cluster();
        if (found.equals(next.get(repository.store().identity()))) {
            return repository;
        }
        next.remove(repository.store().toString(), found);
        next.put(repository.store().identity(), found);
        Path beside = target.resolveSibling(target.getFileName() + ".new");
        try {
            Files.write(beside, RepositoryJson.write(new Known(next)));
            try (FileChannel written = FileChannel.open(beside, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            LOG.warn("cannot remember the repository in {}: {}", repository.store(), e.toString());
        }
        return repository;
    }

    private Map<String, UUID> read() {
        Path source = file;
        if (source == null) {
            return Map.of();
        }
        try {
            return RepositoryJson.read(Files.readAllBytes(source), Known.class).repositories();
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException | IllegalArgumentException e) {
            if (!writes && e instanceof AccessDeniedException) {
                LOG.debug("what is remembered in {} is not for this user", source);
                return Map.of();
            }
            throw new BackupException(
                    "cannot tell which repositories were used before: " + source + ": " + e,
                    "look at that file; if it is damaged, delete it, and see that the disks of all"
                            + " repositories are mounted",
                    e);
        }
    }
}

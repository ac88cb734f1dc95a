package io.howdah.backup.repository;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.ObjectMissingException;
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

/// Which repository somebody has found at which place, in a file of its own. Where there was one,
/// none is made: a folder without it is a disk that is not mounted, and another one in its place is
/// somebody else's. The file lies beside a node, not in its data directory, so no copy of the data
/// inherits it. Thread-safe; several may share a file.
public final class RepositoryMemory {

    private static final Logger LOG = LoggerFactory.getLogger(RepositoryMemory.class);

    /// What the file says.
    ///
    /// @param repositories the UUID of each, by its place
    private record Known(Map<String, UUID> repositories) {}

    private final @Nullable Path file;
    private final boolean writes;

    private RepositoryMemory(@Nullable Path file, boolean writes) {
        this.file = file;
        this.writes = writes;
    }

    /// Whoever knows nothing, and goes by what is there.
    public static RepositoryMemory none() {
        return new RepositoryMemory(null, false);
    }

    /// What stands in a file, and is added to it.
    public static RepositoryMemory of(Path file) {
        return new RepositoryMemory(file, true);
    }

    /// What somebody else has written into a file; nothing where this user may not read it.
    public static RepositoryMemory readFrom(Path file) {
        return new RepositoryMemory(file, false);
    }

    /// The repository in a store, of that cluster; made where there is none, none is remembered,
    /// and the store is empty.
    ///
    /// @throws BackupException as [Repository#openOrMake], and where another one was, or is missing
    public Repository openOrMake(ObjectStore store, SystemId cluster) {
        return remembered(store, cluster)
                .orElseGet(() -> noted(Repository.openOrMake(store, cluster)));
    }

    /// The repository in a store, of that cluster; empty where none was made yet.
    ///
    /// @throws BackupException as [Repository#open], and where another one was, or is missing
    /// @throws StoreUnavailableException when the store cannot say
    public Optional<Repository> open(ObjectStore store, SystemId cluster) {
        Optional<Repository> remembered = remembered(store, cluster);
        return remembered.isPresent() || store.list(Repository.IDENTITY.text(), null).isEmpty()
                ? remembered
                : Optional.of(noted(Repository.open(store, cluster)));
    }

    private Optional<Repository> remembered(ObjectStore store, SystemId cluster) {
        UUID known = read().get(store.toString());
        if (known == null) {
            return Optional.empty();
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
                    "mount the right disk there, or name another place; if this one is right, delete "
                            + file);
        }
        return Optional.of(found);
    }

    private void requireThere(ObjectStore store, UUID known) {
        try {
            store.get(Repository.IDENTITY).close();
        } catch (ObjectMissingException e) {
            throw new BackupException(
                    "the repository " + known + " was in " + store + ", and there is none now",
                    hint(),
                    e);
        } catch (StoreUnavailableException e) {
            throw new StoreUnavailableException(
                    e.fact() + ", where the repository " + known + " was before", hint(), e);
        } catch (IOException e) {
            throw new StoreUnavailableException(
                    "cannot read " + Repository.IDENTITY + " in " + store + ": " + e, hint(), e);
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
        next.put(repository.store().toString(), repository.identity().cluster());
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

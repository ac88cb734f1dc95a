package io.howdah.postgres;

import io.howdah.postgres.process.ProcessTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// Puts a fresh copy in the place of a data directory. The copy is built beside it, so that the old
/// data is kept until the new is whole; a crash at any point leaves one of the two in place, or a
/// state that [#finish] completes.
public final class DataReplacement {

    private static final Duration KILL_DEADLINE = Duration.ofSeconds(10);

    private final Path directory;
    private final Path fresh;
    private final Path aside;
    private final DurableFiles files;
    private final Tablespaces tablespaces;

    DataReplacement(Path directory, DurableFiles files) {
        this.directory = directory;
        // names that are nobody else's: the directory may lie among an operator's own
        this.fresh = directory.resolveSibling(directory.getFileName() + ".howdah-fresh");
        this.aside = directory.resolveSibling(directory.getFileName() + ".howdah-old");
        this.files = files;
        this.tablespaces = new Tablespaces(directory, files);
    }

    /// Where the fresh copy is to be built.
    public Path freshDirectory() {
        return fresh;
    }

    /// Makes an empty directory for the fresh copy, deleting what an interrupted one left.
    ///
    /// @return that directory
    /// @throws PostgresException where no copy could take the place of what is there
    public Path begin() {
        finish();
        if (isMountPoint()) {
            throw new PostgresException(
                    directory + " is a mount point: no copy can take its place",
                    "mount its volume one directory higher, or name a directory below it as"
                            + " postgres.data-directory in howdah.yaml");
        }
        // an agent that was killed may have left a server or initdb at work there
        new ServerProcesses(new DataDirectory(fresh, files.owner()))
                .killAllWithTools(KILL_DEADLINE);
        files.deleteTree(fresh);
        tablespaces.deleteUnused();
        files.createDirectory(fresh);
        return fresh;
    }

    /// Whether something is mounted right at the place of the data.
    public boolean isMountPoint() {
        return MountTable.isMountPoint(directory);
    }

    /// Makes an empty directory for a tablespace of the fresh copy, below the place that it has on
    /// the server.
    ///
    /// @param onServer where the server has it, absolute
    /// @throws PostgresException when it cannot be made
    public Path tablespace(Path onServer) {
        return tablespaces.make(onServer);
    }

    /// Swaps the fresh copy in and deletes the old data. The copy must be whole and durable, and no
    /// server may be running.
    ///
    /// @throws PostgresException when there is no fresh copy or a server still runs
    /// @throws java.io.UncheckedIOException when the disk refuses
    public void complete() {
        setOldAside();
        putInPlace();
        deleteOld();
    }

    /// The first part of `complete`: moves the old data out of the way.
    ///
    /// @return whether there were any
    public boolean setOldAside() {
        if (!Files.isRegularFile(fresh.resolve("PG_VERSION"))) {
            throw new PostgresException(
                    fresh + " holds no fresh copy of the data", "copy it first, then swap it in");
        }
        if (!Files.isDirectory(directory)) {
            return false;
        }
        requireNoServer();
        files.deleteTree(aside);
        files.rename(directory, aside);
        return true;
    }

    private void requireNoServer() {
        int running = ProcessTable.serverProcessesIn(directory, files.owner().uid()).size();
        if (running > 0) {
            throw new PostgresException(
                    running + " processes of PostgreSQL still run in " + directory,
                    "stop them before the data is replaced");
        }
    }

    /// Deletes the old data before the fresh copy is whole: for data that are of no use, where the
    /// copy has no room beside them. Their tablespaces stay.
    ///
    /// @throws PostgresException when a server runs there
    public void deleteOldFirst() {
        requireNoServer();
        files.deleteTree(directory);
    }

    /// The second part: the fresh copy takes the place.
    public void putInPlace() {
        files.rename(fresh, directory);
    }

    /// The third part: deletes the old data, with those of its tablespaces that a copy made.
    public void deleteOld() {
        files.deleteTree(aside);
        tablespaces.deleteUnused();
    }

    /// Completes a swap that was interrupted; does nothing when there was none. To be called before
    /// the data directory is first looked at.
    ///
    /// @return whether there was something to complete
    public boolean finish() {
        if (!Files.exists(aside)) {
            return false;
        }
        if (!Files.exists(directory)) {
            // The copy is whole: the old data is put aside only then.
            files.rename(Files.exists(fresh) ? fresh : aside, directory);
        }
        deleteOld();
        return true;
    }
}

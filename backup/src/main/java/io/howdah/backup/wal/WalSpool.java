package io.howdah.backup.wal;

import io.howdah.backup.BackupException;
import io.howdah.backup.store.StoreUnavailableException;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Between a repository and a server that recovers: a directory that this process fills, ahead of
/// recovery and in parallel, and from which the server's `restore_command` takes files. While the
/// spool is open, recovery is served; when it fails, or this process ends, recovery does not end as
/// if there were no more WAL: the server stops. Thread-safe.
public final class WalSpool implements AutoCloseable {

    /// How many segments are fetched before they are asked for.
    private static final int AHEAD = 8;

    private static final int PARALLEL = 4;
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final int ATTEMPTS = 7;
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Logger LOG = LoggerFactory.getLogger(WalSpool.class);

    private final WalSource source;
    private final Path directory;
    private final OperatingSystemUser reader;
    private final Function<String, Optional<BackupException>> absence;
    private final HandOver handOver;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(PARALLEL);

    /// By the file's name: whether the server has asked for it. Guarded by itself.
    private final Map<String, Boolean> underWay = new HashMap<>();

    private final Thread watch = Thread.ofVirtual().name("wal-spool").unstarted(this::watch);
    private volatile @Nullable BackupException failure;

    private WalSpool(
            WalSource source,
            Path directory,
            OperatingSystemUser reader,
            Function<String, Optional<BackupException>> absence) {
        this.source = source;
        this.absence = absence;
        this.directory = directory.toAbsolutePath().normalize();
        this.reader = reader;
        this.handOver = new HandOver(this.directory, ProcessHandle.current().pid());
    }

    /// Makes the directory and begins to serve.
    ///
    /// @param directory is made; best in the file system of the server's `pg_wal`
    /// @param reader the user that the server runs as
    /// @param absence what is wrong where the source does not have a file that the server asks for;
    ///   empty where that ends the WAL
    /// @throws BackupException when the directory is there already or cannot be made
    public static WalSpool open(
            WalSource source,
            Path directory,
            OperatingSystemUser reader,
            Function<String, Optional<BackupException>> absence) {
        WalSpool spool = new WalSpool(source, directory, reader, absence);
        try {
            spool.prepare();
        } catch (IOException e) {
            throw new BackupException(
                    "cannot make the spool " + directory + ": " + e,
                    "name a directory that is not there yet, on a disk with room",
                    e);
        }
        spool.watch.start();
        return spool;
    }

    /// What the server's `restore_command` has to be, not yet quoted for `postgresql.conf`.
    public String restoreCommand() {
        return handOver.command();
    }

    /// Why recovery is served no more; empty while it is.
    public Optional<BackupException> failure() {
        return Optional.ofNullable(failure);
    }

    private void prepare() throws IOException {
        for (Path path : new Path[] {directory, directory.resolve(HandOver.WANTED)}) {
            Files.createDirectory(
                    path,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
            reader.own(path);
        }
        write(HandOver.SCRIPT, handOver.script());
    }

    private void watch() {
        try {
            while (failure == null) {
                try (DirectoryStream<Path> wanted =
                        Files.newDirectoryStream(directory.resolve(HandOver.WANTED))) {
                    for (Path file : wanted) {
                        serve(file);
                    }
                } catch (IOException | DirectoryIteratorException e) {
                    fail(new BackupException("the spool is gone: " + e, "restore again", e));
                } catch (RuntimeException | Error e) {
                    fail(unexpected(e));
                }
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void serve(Path wanted) throws IOException {
        String name = String.valueOf(wanted.getFileName());
        begin(name, true);
        for (int distance = 1; distance <= AHEAD; distance++) {
            source.following(name, distance).ifPresent(next -> begin(next, false));
        }
        Files.deleteIfExists(wanted);
    }

    /// Fetches a file unless it is there or on its way.
    private void begin(String name, boolean asked) {
        synchronized (underWay) {
            if (Files.exists(directory.resolve(name))) {
                return;
            }
            if (underWay.containsKey(name)) {
                underWay.merge(name, asked, Boolean::logicalOr);
                return;
            }
            underWay.put(name, asked);
        }
        threads.execute(() -> fetch(name));
    }

    private void fetch(String name) {
        boolean there = false;
        BackupException trouble = null;
        try {
            there = fetchPatiently(name);
        } catch (BackupException e) {
            trouble = e;
        } catch (IOException e) {
            trouble = new BackupException("cannot fill the spool: " + e, "restore again", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            trouble = new BackupException("the spool was closed", "restore again", e);
        } catch (RuntimeException | Error e) {
            trouble = unexpected(e);
        }
        boolean asked = finish(name, there);
        if (there || !asked) {
            return;
        }
        Optional.ofNullable(trouble)
                .or(() -> absence.apply(name))
                .ifPresentOrElse(this::fail, () -> mark(name + HandOver.ABSENT));
    }

    /// Whatever it is, the server must not wait for what never comes.
    private static BackupException unexpected(Throwable e) {
        return new BackupException(
                "WAL is handed over no more: " + e,
                "restore again; where it happens again, report it",
                e);
    }

    private boolean fetchPatiently(String name) throws IOException, InterruptedException {
        Path part = part(name);
        Duration pause = FIRST_PAUSE;
        for (int attempt = 1; ; attempt++) {
            places.acquire();
            try {
                boolean there = source.fetch(name, part);
                if (there) {
                    reader.own(part);
                } else {
                    Files.deleteIfExists(part);
                }
                return there;
            } catch (StoreUnavailableException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
                LOG.info(
                        "{} is fetched again in {} ms: {}", name, pause.toMillis(), e.getMessage());
            } finally {
                places.release();
            }
            Thread.sleep(pause);
            pause = pause.multipliedBy(2);
        }
    }

    /// In one step for whoever asks: a file is on its way until it is there.
    ///
    /// @return whether the server has asked for it
    private boolean finish(String name, boolean there) {
        synchronized (underWay) {
            if (there) {
                publish(name);
            }
            return Boolean.TRUE.equals(underWay.remove(name));
        }
    }

    private void publish(String name) {
        try {
            Files.move(part(name), directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            fail(new BackupException("cannot fill the spool: " + e, "restore again", e));
        }
    }

    private Path part(String name) {
        return directory.resolve(name + ".part");
    }

    private void mark(String name) {
        try {
            write(name, "");
        } catch (IOException e) {
            LOG.warn("the spool {} cannot be written to: {}", directory, e.getMessage());
        }
    }

    private void write(String name, String content) throws IOException {
        Path part = Files.writeString(part(name), content);
        reader.own(part);
        Files.move(part, directory.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private void fail(BackupException trouble) {
        failure = trouble;
        mark(HandOver.FAILED);
    }

    /// Serves no more, and takes the directory away.
    @Override
    public void close() {
        watch.interrupt();
        threads.shutdownNow();
        try {
            watch.join();
            threads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(directory);
    }
}

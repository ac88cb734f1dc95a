package io.howdah.cli.demo;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.api.ApiJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/// The directory of a demo, known by its `demo.json`. Thread-safe within one process; across
/// processes only the holder of [DemoLock] writes.
public final class DemoDirectory {

    /// The name a demo's directory has unless told otherwise.
    public static final String DEFAULT_NAME = "howdah-demo";

    private static final String FILE = "demo.json";

    private final Path path;

    private DemoDirectory(Path path) {
        this.path = path;
    }

    /// That directory, whether or not it is there.
    public static DemoDirectory at(Path directory) {
        return new DemoDirectory(real(directory.toAbsolutePath().normalize()));
    }

    /// The demo that `here` is in or beside: `here` itself, its `howdah-demo`, or the same in a
    /// directory above.
    public static Optional<DemoDirectory> findFrom(Path here) {
        for (Path folder = here.toAbsolutePath().normalize();
                folder != null;
                folder = folder.getParent()) {
            for (Path candidate : new Path[] {folder, folder.resolve(DEFAULT_NAME)}) {
                if (Files.isRegularFile(candidate.resolve(FILE))) {
                    return Optional.of(at(candidate));
                }
            }
        }
        return Optional.empty();
    }

    /// Where it is, absolute and without symbolic links as far as it exists.
    public Path path() {
        return path;
    }

    /// Its lock.
    DemoLock lock() {
        return new DemoLock(path.resolve("demo.lock"));
    }

    /// Keeps others from hurting this demo at the same time; to be closed.
    ///
    /// @throws CommandFailure when somebody does
    public AutoCloseable lockForChaos() {
        return new DemoLock(path.resolve("chaos.lock"))
                .acquire()
                .orElseThrow(() ->
                        CommandFailure.failed(
                                "another `howdah chaos` hurts the demo in " + path,
                                "wait for its end, or end it with Ctrl-C"));
    }

    /// What a supervisor in the background writes.
    public Path log() {
        return path.resolve("demo.log");
    }

    /// Where its backups lie, unless they are told to lie elsewhere; goes with the demo.
    public Path repository() {
        return path.resolve("repository");
    }

    /// Whether a demo is here.
    public boolean exists() {
        return Files.exists(path.resolve(FILE));
    }

    /// Whether there is something here that is no demo.
    public boolean isForeign() {
        if (exists() || !Files.exists(path)) {
            return false;
        }
        if (!Files.isDirectory(path)) {
            return true;
        }
        try (Stream<Path> entries = Files.list(path)) {
            return entries.findAny().isPresent();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look into " + path, e);
        }
    }

    /// What the demo here was made with.
    ///
    /// @throws CommandFailure when there is none, or `demo.json` is damaged
    public DemoSettings requireSettings() {
        return read().settings();
    }

    /// What `demo.json` says.
    ///
    /// @throws CommandFailure when there is none, or it is damaged
    synchronized DemoRecord read() {
        Path file = path.resolve(FILE);
        try {
            return ApiJson.read(Files.readString(file), DemoRecord.class);
        } catch (NoSuchFileException e) {
            throw CommandFailure.failed(
                    "there is no demo in " + path,
                    "start one: `howdah demo --directory " + path + "`",
                    e);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.failed(
                    file + " is damaged: " + e.getMessage(),
                    "remove the directory by hand if nothing in it is needed",
                    e);
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot read " + file + ": " + e, "run as the user that started the demo", e);
        }
    }

    /// Writes `demo.json` in one step: a reader sees the old or the new one.
    synchronized void write(DemoRecord demo) {
        Path file = path.resolve(FILE);
        Path next = path.resolve(FILE + ".new");
        try {
            Files.createDirectories(path);
            Files.writeString(next, ApiJson.writeIndented(demo) + "\n");
            Files.move(
                    next,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write " + file + ": " + e,
                    "choose another place with --directory DIR, or run as the user that started the demo",
                    e);
        }
    }

    /// Changes `demo.json`.
    synchronized void update(UnaryOperator<DemoRecord> change) {
        write(change.apply(read()));
    }

    private static Path real(Path path) {
        try {
            Path parent = path.getParent();
            if (Files.exists(path) || parent == null) {
                return path.toRealPath();
            }
            return real(parent).resolve(path.getFileName());
        } catch (IOException e) {
            return path;
        }
    }
}

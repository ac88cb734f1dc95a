package io.howdah.postgres;

import io.howdah.postgres.embedded.EmbeddedArchive;
import io.howdah.postgres.process.Command;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// The PostgreSQLs that this machine can run: the installed ones and the embedded one. Thread-safe.
public final class Installations {

    /// A directory, and the names in it that may be PostgreSQLs.
    private record Place(String directory, String names, String bin) {}

    private static final List<Place> PLACES =
            List.of(
                    new Place("/usr/lib/postgresql", "[0-9]*", "bin"),
                    new Place("/usr", "pgsql-[0-9]*", "bin"),
                    new Place("/usr/local", "pgsql*", "bin"),
                    new Place("/opt/homebrew/opt", "postgresql@[0-9]*", "bin"),
                    new Place("/usr/local/opt", "postgresql@[0-9]*", "bin"));

    private static final Duration VERSION_DEADLINE = Duration.ofSeconds(30);

    private final OperatingSystemUser user;
    private final Path cache;

    /// @param user who will run PostgreSQL
    public Installations(OperatingSystemUser user) {
        this(user, defaultCache(System.getenv(), OperatingSystemUser.ourselves()));
    }

    /// @param user who will run PostgreSQL
    /// @param cache where the embedded one is unpacked
    public Installations(OperatingSystemUser user, Path cache) {
        this.user = user;
        this.cache = cache;
    }

    /// `/var/cache/howdah` for root, as root's home is closed to the user that runs PostgreSQL;
    /// `$XDG_CACHE_HOME/howdah` or `~/.cache/howdah` for anybody else.
    static Path defaultCache(Map<String, String> environment, OperatingSystemUser ourselves) {
        if (ourselves.uid() == 0) {
            return Path.of("/var/cache/howdah");
        }
        String base = environment.getOrDefault("XDG_CACHE_HOME", "");
        return base.startsWith("/")
                ? Path.of(base, "howdah")
                : Path.of(System.getProperty("user.home", "/tmp"), ".cache", "howdah");
    }

    /// The installed ones that Howdah runs, newest first.
    ///
    /// @throws UncheckedIOException when the directories cannot be looked at
    public List<Installation> installed() {
        Set<Path> candidates = new LinkedHashSet<>();
        for (Place place : PLACES) {
            candidates.addAll(directories(place));
        }
        for (String entry : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator)) {
            if (entry.startsWith("/")) {
                candidates.add(Path.of(entry));
            }
        }
        return candidates.stream()
                .filter(Installations::hasServer)
                .map(Installations::real)
                .distinct()
                .filter(bin -> user.canReach(bin.resolve("postgres")))
                .flatMap(bin -> lookAt(bin, false).stream())
                .filter(installation -> installation.version().isSupported())
                .sorted(Comparator.comparing(Installation::version).reversed())
                .toList();
    }

    /// The embedded one, unpacked on first use, which takes a few seconds.
    ///
    /// @throws PostgresException when there is none for this machine or it cannot be unpacked
    public Installation embedded() {
        Path bin = new EmbeddedArchive(cache).unpacked().resolve("bin");
        requireReach(bin);
        return lookAt(bin, true)
                .orElseThrow(() ->
                        new PostgresException(
                                "the embedded PostgreSQL in " + bin + " does not run",
                                "delete " + cache + ", or install PostgreSQL 15 or later"));
    }

    /// The one that the operator names.
    ///
    /// @param choice `auto` for the newest installed one, or the embedded one when there is none;
    ///   `embedded`; or a path to a directory with `postgres` in it or in its `bin`
    /// @throws PostgresException when there is no such one, or Howdah does not run its version
    public Installation choose(String choice) {
        return switch (choice) {
            case "auto" -> installed().stream().findFirst().orElseGet(this::embedded);
            case "embedded" -> embedded();
            default -> at(choice);
        };
    }

    /// The one for a data directory: the newest installed one of the version that its files are of,
    /// or the embedded one if that is; else as `auto` chooses.
    ///
    /// @param data the directory; may be missing or empty
    /// @throws PostgresException when there is none
    public Installation chooseFor(DataDirectory data) {
        Installation newest = choose("auto");
        if (data.content() != DataDirectory.Content.DATABASE) {
            return newest;
        }
        try {
            int major = data.majorVersion();
            return Stream.concat(installed().stream(), Stream.of(major).map(_ -> embedded()))
                    .filter(installation -> installation.version().major() == major)
                    .findFirst()
                    .orElse(newest);
        } catch (PostgresException e) {
            // no version is to be read, or there is no embedded one for this machine
            return newest;
        }
    }

    private Installation at(String choice) {
        Path given = pathOf(choice);
        Path bin = hasServer(given.resolve("bin")) ? given.resolve("bin") : given;
        if (!hasServer(bin)) {
            throw new PostgresException(
                    "there is no PostgreSQL server in " + given,
                    "name the directory with the programs postgres and initdb, or `auto`, or"
                            + " `embedded`");
        }
        requireReach(bin);
        Installation found =
                lookAt(bin, false)
                        .orElseThrow(() ->
                                new PostgresException(
                                        bin.resolve("postgres") + " does not run",
                                        "check that it is made for this machine"));
        if (!found.version().isSupported()) {
            throw new PostgresException(
                    found + " is not supported",
                    "use PostgreSQL "
                            + PostgresVersion.OLDEST_SUPPORTED_MAJOR
                            + " to "
                            + PostgresVersion.NEWEST_SUPPORTED_MAJOR);
        }
        return found;
    }

    private static Path pathOf(String choice) {
        try {
            return Path.of(choice).toAbsolutePath().normalize();
        } catch (InvalidPathException e) {
            throw new PostgresException(
                    "not a path: '" + choice + "'", "use `auto`, `embedded` or a directory", e);
        }
    }

    private void requireReach(Path bin) {
        Optional<Path> blocking = user.blockingDirectory(bin.resolve("postgres"));
        if (blocking.isPresent()) {
            throw new PostgresException(
                    "the user "
                            + user.name()
                            + ", who runs PostgreSQL, cannot reach "
                            + bin
                            + ": "
                            + blocking.get()
                            + " is closed to it",
                    "chmod a+x " + blocking.get() + ", or use a PostgreSQL that lies elsewhere");
        }
    }

    private static Optional<Installation> lookAt(Path bin, boolean embedded) {
        try {
            Command.Result result =
                    Command.run(
                            List.of(bin.resolve("postgres").toString(), "--version"),
                            Map.of("PATH", OperatingSystemUser.PATH, "LC_ALL", "C"),
                            VERSION_DEADLINE);
            return result.succeeded()
                    ? Optional.of(
                            new Installation(bin, PostgresVersion.parse(result.output()), embedded))
                    : Optional.empty();
        } catch (PostgresException | IllegalArgumentException e) {
            // A broken installation is none; the operator who named it is told so.
            return Optional.empty();
        }
    }

    private static List<Path> directories(Place place) {
        Path parent = Path.of(place.directory);
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent, place.names)) {
            entries.forEach(entry -> found.add(entry.resolve(place.bin)));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + parent, e);
        }
        return found;
    }

    private static boolean hasServer(Path bin) {
        return Files.isExecutable(bin.resolve("postgres"))
                && Files.isExecutable(bin.resolve("initdb"));
    }

    /// Where the program really lies: it may be reached by links from other directories.
    private static Path real(Path bin) {
        try {
            Path home = bin.resolve("postgres").toRealPath().getParent();
            return home != null && hasServer(home) ? home : bin;
        } catch (IOException e) {
            return bin;
        }
    }
}

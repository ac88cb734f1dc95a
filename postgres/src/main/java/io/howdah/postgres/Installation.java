package io.howdah.postgres;

import io.howdah.postgres.process.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// One PostgreSQL that is installed on this machine. Immutable; its methods look at the disk anew
/// each time.
///
/// @param binDirectory the directory with `postgres` and `initdb`, absolute
/// @param version what `postgres --version` says
/// @param embedded whether it is the one that comes with Howdah: for demos and tests only, as its
///   OpenSSL is past its end of life, and without `psql`, `pg_rewind` and `pg_controldata`
public record Installation(Path binDirectory, PostgresVersion version, boolean embedded) {

    private static final Duration DESCRIBE_DEADLINE = Duration.ofSeconds(30);

    /// One of its programs, as in `pg_rewind`; empty when it is not installed.
    public Optional<Path> tool(String name) {
        return Optional.of(binDirectory.resolve(name)).filter(Files::isExecutable);
    }

    /// One of its programs.
    ///
    /// @throws PostgresException when it is not installed
    public Path requireTool(String name) {
        return tool(name)
                .orElseThrow(() ->
                        new PostgresException(
                                name + " is missing in " + binDirectory,
                                embedded
                                        ? "the embedded PostgreSQL has initdb, pg_ctl and"
                                                + " postgres only; install PostgreSQL and"
                                                + " use that"
                                        : "install the package that has " + name));
    }

    /// Whether it was built to encrypt: a build without has nothing to choose ciphers from.
    ///
    /// @throws PostgresException when its `postgres` cannot be asked
    public boolean encrypts() {
        Command.Result result =
                Command.run(
                        List.of(requireTool("postgres").toString(), "--describe-config"),
                        Map.of("PATH", OperatingSystemUser.PATH, "LC_ALL", "C"),
                        DESCRIBE_DEADLINE);
        if (!result.succeeded()) {
            throw new PostgresException(
                    "cannot ask " + this + " what it was built with: " + result.output().strip(),
                    "run `postgres --describe-config` there by hand");
        }
        return result.output()
                .lines()
                .map(line -> line.split("\t", -1))
                .anyMatch(words ->
                        words[0].equals("ssl_ciphers")
                                && words.length > 4
                                && !words[4].equals("none"));
    }

    /// Whether a library that can be preloaded, as in `pg_stat_statements`, is there.
    public boolean hasLibrary(String name) {
        return libraryDirectories()
                .anyMatch(directory ->
                        Stream.of(".so", ".dylib")
                                .anyMatch(suffix ->
                                        Files.isRegularFile(directory.resolve(name + suffix))));
    }

    /// Whether an extension, as in `pg_stat_statements`, can be created in a database.
    public boolean hasExtension(String name) {
        return shareDirectories()
                .anyMatch(directory ->
                        Files.isRegularFile(
                                directory.resolve("extension").resolve(name + ".control")));
    }

    /// The directories in which builds of PostgreSQL keep what they load, beside `bin`.
    private Stream<Path> libraryDirectories() {
        Path home = home();
        return Stream.of(
                home.resolve("lib"),
                home.resolve("lib/postgresql"),
                home.resolve("lib64"),
                home.resolve("lib64/pgsql"),
                Path.of("/usr/lib/postgresql/" + version.major() + "/lib"));
    }

    private Stream<Path> shareDirectories() {
        Path home = home();
        return Stream.of(
                home.resolve("share"),
                home.resolve("share/postgresql"),
                home.resolve("share/postgresql@" + version.major()),
                home.resolve("share/pgsql"),
                Path.of("/usr/share/postgresql/" + version.major()));
    }

    private Path home() {
        Path parent = binDirectory.getParent();
        return parent == null ? binDirectory : parent;
    }

    /// The libraries out of `wanted` that are there, in the same order.
    public List<String> availableLibraries(List<String> wanted) {
        return wanted.stream().filter(this::hasLibrary).toList();
    }

    @Override
    public String toString() {
        return "PostgreSQL " + version + (embedded ? " (embedded)" : "") + " in " + binDirectory;
    }
}

package io.howdah.postgres;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/// Where the tablespaces of a data directory lie that lie outside of it.
///
/// A fresh copy's go into new directories below the places that they have on the server, so that
/// what was there is kept until the copy is whole, like the data directory itself. Which ones were
/// made is written down beside the data directory: what was not made by a copy is never deleted, as
/// another server's data may lie there. Not thread-safe.
public final class Tablespaces {

    /// Begins the names of directories made for copies.
    private static final String PREFIX = "howdah-";

    private static final Pattern MADE = Pattern.compile(PREFIX + "[0-9a-f]{16}");
    private static final String LINKS = "pg_tblspc";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Path directory;
    private final Path register;
    private final DurableFiles files;

    Tablespaces(Path directory, DurableFiles files) {
        this.directory = directory;
        this.register = directory.resolveSibling(directory.getFileName() + ".howdah-tablespaces");
        this.files = files;
    }

    /// Where the links in a data directory lead; empty when there is no such directory.
    ///
    /// @throws UncheckedIOException when it cannot be read
    public static List<Path> of(Path dataDirectory) {
        Path links = dataDirectory.resolve(LINKS);
        var places = new ArrayList<Path>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(links)) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry)) {
                    places.add(links.resolve(Files.readSymbolicLink(entry)));
                }
            }
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look at the tablespaces in " + links, e);
        }
        return List.copyOf(places);
    }

    /// The place that an operator chose, where a copy may lie one folder further down.
    public static Path chosen(Path place) {
        Path name = place.getFileName();
        Path parent = place.getParent();
        return name != null && parent != null && MADE.matcher(name.toString()).matches()
                ? parent
                : place;
    }

    /// Makes an empty directory for a fresh copy's tablespace, owned by who runs PostgreSQL.
    ///
    /// @param onServer where the server has it, absolute
    /// @throws PostgresException when it cannot be made
    Path make(Path onServer) {
        Path chosen = chosen(onServer);
        if (chosen.startsWith(directory)) {
            throw new PostgresException(
                    "the server has a tablespace at "
                            + onServer
                            + ", which is inside the data directory here",
                    "move what lies in it to another tablespace, on the primary");
        }
        Path place = chosen.resolve(PREFIX + "%016x".formatted(RANDOM.nextLong()));
        List<Path> made = new ArrayList<>(made());
        made.add(place);
        write(made);
        try {
            if (!Files.isDirectory(chosen)) {
                files.createDirectory(chosen);
            }
            files.createDirectory(place);
        } catch (UncheckedIOException e) {
            throw new PostgresException(
                    "the tablespace that the server has at "
                            + onServer
                            + " finds no place here: "
                            + e.getCause(),
                    "make "
                            + chosen
                            + " here, and give it to the user "
                            + files.owner().name()
                            + "; the copy is tried again",
                    e);
        }
        return place;
    }

    /// Deletes what copies made and the data directory does not use (any more).
    void deleteUnused() {
        List<Path> made = made();
        if (made.isEmpty()) {
            return;
        }
        List<Path> used = of(directory);
        made.stream().filter(place -> !used.contains(place)).forEach(files::deleteTree);
        write(made.stream().filter(used::contains).toList());
    }

    private List<Path> made() {
        try {
            return Files.exists(register)
                    ? Files.readAllLines(register).stream()
                            .filter(line -> !line.isEmpty())
                            .map(Path::of)
                            .filter(place ->
                                    MADE.matcher(Objects.toString(place.getFileName())).matches())
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + register, e);
        }
    }

    private void write(Collection<Path> made) {
        if (made.isEmpty()) {
            files.delete(register);
        } else {
            files.write(
                    register, String.join("\n", made.stream().map(Path::toString).toList()) + "\n");
        }
    }
}

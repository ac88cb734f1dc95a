package io.howdah.backup.restore;

import io.howdah.backup.repository.RepositoryJson;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// The mark of a directory in which a restore is under way. Immutable.
///
/// @param backup the name of the backup that is restored
/// @param tablespaces the places outside of the directory that are its own
record RestoreMark(String backup, Set<String> tablespaces) {

    static final String FILE = "howdah-restore.json";

    RestoreMark(String backup, @Nullable Set<String> tablespaces) {
        this.backup = backup;
        this.tablespaces = Set.copyOf(Objects.requireNonNullElse(tablespaces, Set.of()));
    }

    /// What a directory says.
    ///
    /// @return empty when no restore is under way there
    static Optional<RestoreMark> read(Path directory) {
        try {
            return Optional.of(
                    RepositoryJson.read(
                            Files.readAllBytes(directory.resolve(FILE)), RestoreMark.class));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + directory.resolve(FILE), e);
        }
    }

    /// Whether a tablespace's place is the directory's own.
    boolean owns(Path place) {
        return tablespaces.contains(place.toString());
    }

    /// The same with more places.
    RestoreMark with(Collection<Path> places) {
        var all = new TreeSet<>(tablespaces);
        places.forEach(each -> all.add(each.toString()));
        return new RestoreMark(backup, all);
    }

    void write(Path directory, DurableFiles files) {
        files.write(directory.resolve(FILE), RepositoryJson.write(this));
    }

    static void remove(Path directory, DurableFiles files) {
        files.delete(directory.resolve(FILE));
    }
}

package io.howdah.backup.restore;

import io.howdah.backup.repository.RepositoryJson;
import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/// The mark of a directory in which a restore is under way. Immutable.
///
/// @param backup the name of the backup that is restored
record RestoreMark(String backup) {

    static final String FILE = "howdah-restore.json";

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

    void write(Path directory, DurableFiles files) {
        files.write(directory.resolve(FILE), RepositoryJson.write(this));
    }

    static void remove(Path directory, DurableFiles files) {
        files.delete(directory.resolve(FILE));
    }
}

package io.howdah.backup.restore;

import io.howdah.backup.catalog.BackupRecord;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.PostgresVersion;
import io.howdah.postgres.Tablespaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;

/// The tablespaces that a directory has had before a backup is restored into it.
///
/// @param directory the data directory
/// @param places where the backup's files go
record EarlierTablespaces(Path directory, BackupRecord backup, Places places, DurableFiles files) {

    /// Where those lie that become the restored copy's own: what the links lead to. But for those
    /// of the backup's that go elsewhere now; they stay as they are, whosever they are.
    List<Path> own() {
        List<Path> elsewhere =
                backup.tablespaces().stream()
                        .map(each -> directory.resolve(Places.link(each)))
                        .filter(Files::isSymbolicLink)
                        .map(EarlierTablespaces::target)
                        .filter(each -> !places.tablespaces().contains(each))
                        .toList();
        return Tablespaces.of(directory).stream()
                .filter(each -> !elsewhere.contains(each))
                .toList();
    }

    private static Path target(Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the link " + link, e);
        }
    }

    /// Deletes the files in places of the copy's own that the backup has no tablespace in. WAL may
    /// make one there anew, and a server that replays goes on with the files that it finds: it
    /// would read what was written after the target.
    void clear(RestoreMark mark) {
        mark.tablespaces().stream()
                .map(Path::of)
                .filter(each -> !places.tablespaces().contains(each))
                .forEach(this::clear);
    }

    /// A place may hold other versions' files.
    private void clear(Path place) {
        int major = PostgresVersion.parse(backup.postgresVersion()).major();
        try (DirectoryStream<Path> entries =
                Files.newDirectoryStream(place, "PG_" + major + "_*")) {
            entries.forEach(files::deleteTree);
        } catch (NoSuchFileException | NotDirectoryException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + place, e);
        }
    }
}

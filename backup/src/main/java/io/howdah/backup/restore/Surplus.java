package io.howdah.backup.restore;

import io.howdah.postgres.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;

/// Deletes what lies in a directory that is restored anew and is not in the backup. Told of
/// directories and files in the order of the manifest, it cleans a directory when the manifest
/// leaves it; so only the names on the way down are held in memory. Links that the backup has left
/// out stay, as `postgresql.conf` in a folder of its own: nothing could bring them back. Not
/// thread-safe.
final class Surplus {

    private record Level(String path, Set<String> names) {}

    private final Places places;
    private final Set<String> leftOutLinks;
    private final DurableFiles files;
    private final Deque<Level> levels = new ArrayDeque<>();

    /// @param leftOutLinks paths of links that the backup does not have
    Surplus(Places places, Collection<String> leftOutLinks, DurableFiles files) {
        this.places = places;
        this.leftOutLinks = Set.copyOf(leftOutLinks);
        this.files = files;
        levels.push(new Level("", new HashSet<>(Set.of(RestoreMark.FILE, RestoreLock.FILE))));
    }

    /// A directory that is in the backup, with what follows.
    void directory(String path) {
        file(path);
        levels.push(new Level(path, new HashSet<>()));
    }

    /// A file that is in the backup.
    void file(String path) {
        int slash = path.lastIndexOf('/');
        String parent = slash < 0 ? "" : path.substring(0, slash);
        while (!levels.element().path.equals(parent) && levels.size() > 1) {
            clean(levels.pop());
        }
        levels.element().names.add(path.substring(slash + 1));
    }

    /// There is nothing more, but for files that come behind all others.
    void end() {
        while (!levels.isEmpty()) {
            clean(levels.pop());
        }
    }

    private boolean isLeftOutLink(Level level, String name, Path entry) {
        String path = level.path.isEmpty() ? name : level.path + "/" + name;
        return leftOutLinks.contains(path) && Files.isSymbolicLink(entry);
    }

    private void clean(Level level) {
        if (places.link(level.path).isPresent()) {
            // A tablespace may hold other versions' files.
            return;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(places.of(level.path))) {
            for (Path entry : entries) {
                String name = entry.getFileName().toString();
                if (!level.names.contains(name) && !isLeftOutLink(level, name, entry)) {
                    files.deleteTree(entry);
                }
            }
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot look through " + places.of(level.path), e);
        }
    }
}

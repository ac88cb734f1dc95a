package io.howdah.backup.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One page of the files below a folder, in the order of their whole names. Folders that cannot
/// hold any of them are not looked into. Not thread-safe.
final class FolderListing {

    private record Entry(Path path, BasicFileAttributes attributes) {}

    private final Path root;
    private final String prefix;
    private final String after;
    private final int most;
    private final List<StoredObject> found = new ArrayList<>();

    FolderListing(Path root, String prefix, String after, int most) {
        this.root = root;
        this.prefix = prefix;
        this.after = after;
        this.most = most;
    }

    List<StoredObject> run() throws IOException {
        look(root, "");
        return List.copyOf(found);
    }

    private void look(Path folder, String before) throws IOException {
        for (Map.Entry<String, Entry> entry : entries(folder).entrySet()) {
            String name = before + entry.getKey();
            if (found.size() >= most) {
                return;
            }
            if (name.endsWith("/")) {
                if (mayHold(name)) {
                    look(entry.getValue().path(), name);
                }
            } else if (name.startsWith(prefix) && name.compareTo(after) > 0) {
                add(entry.getValue().attributes(), name);
            }
        }
    }

    private boolean mayHold(String folder) {
        boolean fits = folder.startsWith(prefix) || prefix.startsWith(folder);
        return fits && (folder.compareTo(after) > 0 || after.startsWith(folder));
    }

    /// Folders bear a slash at their end, so that they sort as the names below them do. What cannot
    /// be looked at is no file that could be left out: a listing is whole, or fails.
    private static Map<String, Entry> entries(Path folder) throws IOException {
        var entries = new TreeMap<String, Entry>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                String name = String.valueOf(path.getFileName());
                if (!name.startsWith(".")) {
                    entry(path)
                            .ifPresent(entry ->
                                    entries.put(
                                            entry.attributes().isDirectory() ? name + "/" : name,
                                            entry));
                }
            }
        } catch (NoSuchFileException e) {
            // Deleted since its parent was read.
            return Map.of();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return entries;
    }

    private static Optional<Entry> entry(Path path) throws IOException {
        try {
            return Optional.of(
                    new Entry(path, Files.readAttributes(path, BasicFileAttributes.class)));
        } catch (NoSuchFileException e) {
            // Deleted meanwhile.
            return Optional.empty();
        }
    }

    private void add(BasicFileAttributes file, String name) {
        try {
            found.add(
                    new StoredObject(
                            new ObjectName(name),
                            file.size(),
                            file.lastModifiedTime().toInstant()));
        } catch (IllegalArgumentException e) {
            // No object of ours.
            return;
        }
    }
}

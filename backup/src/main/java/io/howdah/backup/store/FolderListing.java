package io.howdah.backup.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// One page of the files below a folder, in the order of their whole names. Folders that cannot
/// hold any of them are not looked into. Not thread-safe.
final class FolderListing {

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
        for (Map.Entry<String, Path> entry : entries(folder).entrySet()) {
            String name = before + entry.getKey();
            if (found.size() >= most) {
                return;
            }
            if (name.endsWith("/")) {
                if (mayHold(name)) {
                    look(entry.getValue(), name);
                }
            } else if (name.startsWith(prefix) && name.compareTo(after) > 0) {
                add(entry.getValue(), name);
            }
        }
    }

    private boolean mayHold(String folder) {
        boolean fits = folder.startsWith(prefix) || prefix.startsWith(folder);
        return fits && (folder.compareTo(after) > 0 || after.startsWith(folder));
    }

    /// Folders bear a slash at their end, so that they sort as the names below them do.
    private static Map<String, Path> entries(Path folder) throws IOException {
        var entries = new TreeMap<String, Path>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                String name = String.valueOf(path.getFileName());
                if (!name.startsWith(".")) {
                    entries.put(Files.isDirectory(path) ? name + "/" : name, path);
                }
            }
        } catch (NoSuchFileException e) {
            // Deleted since its parent was read.
            return Map.of();
        }
        return entries;
    }

    private void add(Path file, String name) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            found.add(
                    new StoredObject(
                            new ObjectName(name),
                            attributes.size(),
                            attributes.lastModifiedTime().toInstant()));
        } catch (NoSuchFileException | IllegalArgumentException e) {
            // Deleted meanwhile, or no object of ours.
            return;
        }
    }
}

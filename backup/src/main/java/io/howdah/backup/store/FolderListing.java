package io.howdah.backup.store;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// The files below a folder whose names begin and lie as is asked for, in the order of their whole
/// names. Folders that cannot hold any of them are not looked into, and no other file is looked at:
/// over a network each look takes its time, and there may be a hundred thousand. Not thread-safe.
final class FolderListing {

    private final Path root;
    private final String prefix;
    private final String after;
    private final Consumer<StoredObject> found;
    private int wanted;

    /// @param after names come after this one; empty for all
    /// @param most how many at most
    FolderListing(Path root, String prefix, String after, int most, Consumer<StoredObject> found) {
        this.root = root;
        this.prefix = prefix;
        this.after = after;
        this.found = found;
        this.wanted = most;
    }

    void run() throws IOException {
        look(root, "");
    }

    private void look(Path folder, String before) throws IOException {
        var attributes = new HashMap<String, Optional<BasicFileAttributes>>();
        for (String each : candidates(folder, before)) {
            if (wanted == 0) {
                return;
            }
            boolean asFolder = each.endsWith("/");
            String name = asFolder ? each.substring(0, each.length() - 1) : each;
            Optional<BasicFileAttributes> is = attributes(attributes, folder, name);
            if (is.filter(file -> file.isDirectory() == asFolder).isPresent()) {
                if (asFolder) {
                    look(folder.resolve(name), before + each);
                } else {
                    add(is.get(), before + name);
                }
            }
        }
    }

    /// What may be wanted of a folder: each name as a file's and, with a slash at its end, as a
    /// folder's, which sorts as the names below it do.
    private SortedSet<String> candidates(Path folder, String before) throws IOException {
        var candidates = new TreeSet<String>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
            for (Path path : stream) {
                String name = String.valueOf(path.getFileName());
                if (name.startsWith(".")) {
                    continue;
                }
                if (isWanted(before + name)) {
                    candidates.add(name);
                }
                if (mayHold(before + name + "/")) {
                    candidates.add(name + "/");
                }
            }
        } catch (NoSuchFileException e) {
            // Deleted since its parent was read.
            return new TreeSet<>();
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return candidates;
    }

    private boolean isWanted(String name) {
        return name.startsWith(prefix) && name.compareTo(after) > 0;
    }

    private boolean mayHold(String folder) {
        boolean fits = folder.startsWith(prefix) || prefix.startsWith(folder);
        return fits && (folder.compareTo(after) > 0 || after.startsWith(folder));
    }

    /// A name is met twice at most: as a file's, and soon after as a folder's.
    private static Optional<BasicFileAttributes> attributes(
            Map<String, Optional<BasicFileAttributes>> known, Path folder, String name)
            throws IOException {
        Optional<BasicFileAttributes> met = known.remove(name);
        if (met != null) {
            return met;
        }
        Optional<BasicFileAttributes> is = attributes(folder.resolve(name));
        known.put(name, is);
        return is;
    }

    /// What cannot be looked at is no file that could be left out: a listing is whole, or fails.
    private static Optional<BasicFileAttributes> attributes(Path path) throws IOException {
        try {
            return Optional.of(Files.readAttributes(path, BasicFileAttributes.class));
        } catch (NoSuchFileException e) {
            // Deleted meanwhile.
            return Optional.empty();
        }
    }

    private void add(BasicFileAttributes file, String name) {
        ObjectName object;
        try {
            object = new ObjectName(name);
        } catch (IllegalArgumentException e) {
            // No object of ours.
            return;
        }
        wanted--;
        found.accept(new StoredObject(object, file.size(), file.lastModifiedTime().toInstant()));
    }
}

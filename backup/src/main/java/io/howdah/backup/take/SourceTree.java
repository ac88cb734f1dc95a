package io.howdah.backup.take;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.Tablespace;
import io.howdah.backup.chunk.ChunkSize;
import io.howdah.backup.manifest.ManifestLine;
import io.howdah.backup.manifest.PathText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// The files of a data directory that belong to a backup, in the order of a manifest. The server
/// works on meanwhile: what vanishes is passed over. Of a directory only the names are held in
/// memory. Not thread-safe.
final class SourceTree {

    private static final String TABLESPACES = "pg_tblspc";

    /// Hears what there is, in order.
    interface Visitor {
        /// A directory, before what is in it.
        void directory(ManifestLine.Directory directory);

        /// A file.
        ///
        /// @param path where it is
        void file(ManifestLine.File file, Path path);

        /// A link that belongs to no backup.
        ///
        /// @param name its path below the data directory
        default void link(String name) {}
    }

    private final Path root;
    private final String tablespaceVersion;

    /// @param root the data directory
    /// @param major PostgreSQL's major version: a tablespace may hold files of others
    SourceTree(Path root, int major) {
        this.root = root;
        this.tablespaceVersion = "PG_" + major + "_";
    }

    /// The tablespaces that lie elsewhere. One that is made after this call belongs to no backup
    /// that began before it: as with PostgreSQL's base backup, replay makes it anew, and all that
    /// is in it.
    List<Tablespace> tablespaces() {
        var found = new ArrayList<Tablespace>();
        Path links = root.resolve(TABLESPACES);
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(links)) {
            for (Path entry : entries) {
                if (Files.isSymbolicLink(entry)) {
                    found.add(
                            new Tablespace(
                                    Long.parseLong(entry.getFileName().toString()),
                                    links.resolve(Files.readSymbolicLink(entry)).toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + links, e);
        }
        return List.copyOf(found);
    }

    /// Shows a visitor all that belongs to the backup.
    ///
    /// @throws BackupException when data lies behind a link that is no tablespace's
    /// @param tablespaces those that belong to it, of the ones that lie elsewhere
    void walk(List<Tablespace> tablespaces, Visitor visitor) {
        Set<String> links =
                tablespaces.stream()
                        .map(each -> Long.toString(each.oid()))
                        .collect(Collectors.toSet());
        walk("", root, new Walk(links, visitor));
    }

    /// @param tablespaces the names of their links
    private record Walk(Set<String> tablespaces, Visitor visitor) {

        boolean isNewTablespace(String folder, Path entry) {
            return folder.equals(TABLESPACES)
                    && Files.isSymbolicLink(entry)
                    && !tablespaces.contains(entry.getFileName().toString());
        }
    }

    private void walk(String folder, Path path, Walk walk) {
        var sorted = new TreeMap<String, Path>();
        for (String name : Exclusions.kept(folder, names(path))) {
            Path entry = path.resolve(name);
            boolean directory = isDirectory(folder, entry);
            if (!isOtherVersion(folder, name) && !walk.isNewTablespace(folder, entry)) {
                sorted.put(PathText.encode(name) + (directory ? "/" : ""), entry);
            }
        }
        sorted.forEach((key, entry) -> {
            String below = folder.isEmpty() ? "" : folder + "/";
            visit(below + entry.getFileName(), entry, key.endsWith("/"), walk);
        });
    }

    private boolean isOtherVersion(String folder, String name) {
        return folder.startsWith(TABLESPACES + "/")
                && folder.indexOf('/') == folder.lastIndexOf('/')
                && !name.startsWith(tablespaceVersion);
    }

    /// Links are followed to tablespaces, and to what is kept empty, as PostgreSQL's base backup
    /// does.
    private static boolean isDirectory(String folder, Path entry) {
        boolean follow =
                folder.equals(TABLESPACES)
                        || (folder.isEmpty()
                                && Exclusions.isKeptEmpty(entry.getFileName().toString()));
        return follow
                ? Files.isDirectory(entry)
                : Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS);
    }

    private void visit(String name, Path entry, boolean directory, Walk walk) {
        Visitor visitor = walk.visitor();
        try {
            if (directory) {
                visitor.directory(new ManifestLine.Directory(name, mode(entry)));
                if (name.equals("pg_wal")) {
                    visitor.directory(new ManifestLine.Directory("pg_wal/archive_status", 0700));
                }
                if (!Exclusions.isKeptEmpty(name)) {
                    walk(name, entry, walk);
                }
                return;
            }
            BasicFileAttributes attributes =
                    Files.readAttributes(
                            entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (attributes.isRegularFile()) {
                visitor.file(
                        new ManifestLine.File(
                                name,
                                attributes.size(),
                                mode(entry),
                                ChunkSize.of(attributes.size())),
                        entry);
            } else if (attributes.isSymbolicLink()) {
                visitor.link(requireDispensable(name, entry));
            }
        } catch (NoSuchFileException e) {
            // Dropped since its directory was read.
            return;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + entry, e);
        }
    }

    private static String requireDispensable(String name, Path link) throws IOException {
        if (Exclusions.isData(name)) {
            throw new BackupException(
                    name
                            + " is a link to "
                            + Files.readSymbolicLink(link)
                            + ": no backup has what it leads to, and a server cannot do without",
                    "stop the server and move that into the data directory; tables may lie elsewhere"
                            + " in a tablespace. If it leads nowhere, mount what is missing");
        }
        return name;
    }

    private static List<String> names(Path path) {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            entries.forEach(entry -> names.add(entry.getFileName().toString()));
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the directory " + path, e);
        }
        return names;
    }

    private static int mode(Path entry) throws IOException {
        return Files.getAttribute(entry, "unix:mode") instanceof Integer mode ? mode & 0777 : 0600;
    }
}

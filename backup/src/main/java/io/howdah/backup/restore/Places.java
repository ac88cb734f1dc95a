package io.howdah.backup.restore;

import io.howdah.backup.catalog.Tablespace;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Where the files of a backup go. Pure.
final class Places {

    private static final String LINKS = "pg_tblspc/";

    private final Path directory;
    private final Map<String, Path> tablespaces = new HashMap<>();

    /// @param directory the data directory
    /// @param known the backup's tablespaces
    /// @param map where they go instead, by where they were
    Places(Path directory, List<Tablespace> known, Map<Path, Path> map) {
        this.directory = directory;
        for (Tablespace each : known) {
            Path location = Path.of(each.location());
            tablespaces.put(Long.toString(each.oid()), map.getOrDefault(location, location));
        }
    }

    /// The path of a tablespace's link.
    static String link(Tablespace tablespace) {
        return LINKS + tablespace.oid();
    }

    /// Where the link of a tablespace leads; empty for any other path.
    Optional<Path> link(String path) {
        return path.startsWith(LINKS)
                ? Optional.ofNullable(tablespaces.get(path.substring(LINKS.length())))
                : Optional.empty();
    }

    /// Where a file or a directory goes.
    Path of(String path) {
        if (path.startsWith(LINKS)) {
            int end = path.indexOf('/', LINKS.length());
            String oid = path.substring(LINKS.length(), end < 0 ? path.length() : end);
            Path tablespace = tablespaces.get(oid);
            if (tablespace != null) {
                return end < 0 ? tablespace : tablespace.resolve(path.substring(end + 1));
            }
        }
        return directory.resolve(path);
    }

    Path directory() {
        return directory;
    }

    /// Where the tablespaces go.
    List<Path> tablespaces() {
        return List.copyOf(tablespaces.values());
    }
}

package io.howdah.postgres.wire;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Which directory each archive of a base backup goes to. Immutable once made.
///
/// @param target the data directory
/// @param byOid the directory of each tablespace, by its number
/// @param linkTargets what the symbolic links in `pg_tblspc` shall point to, by their name
record TablespacePlaces(Path target, Map<Long, Path> byOid, Map<String, Path> linkTargets) {

    private static final Pattern IN_PLACE = Pattern.compile("pg_tblspc/[0-9]+");

    /// Decides, from what the server announced. Directories are made, and must be empty.
    ///
    /// @param locations where each tablespace is on the server, by its number
    /// @throws BaseBackupException when a directory is taken
    static TablespacePlaces decide(
            Path target, Map<Long, String> locations, UnaryOperator<Path> mapping) {
        Map<Long, Path> byOid = new LinkedHashMap<>();
        Map<String, Path> links = new LinkedHashMap<>();
        locations.forEach((oid, location) -> {
            Path place = place(target, location, mapping);
            String purpose = "the tablespace " + oid + " (on the server at " + location + ")";
            if (byOid.containsValue(place)) {
                throw new BaseBackupException(
                        "the directory for "
                                + purpose
                                + ", "
                                + place
                                + ", is already another tablespace's");
            }
            BackupDirectory.prepare(place, purpose, "name another directory for this tablespace");
            byOid.put(oid, place);
            if (!IN_PLACE.matcher(location).matches()) {
                links.put("pg_tblspc/" + oid, place);
            }
        });
        return new TablespacePlaces(target, Map.copyOf(byOid), Map.copyOf(links));
    }

    /// All directories, the target first.
    List<Path> all() {
        List<Path> all = new ArrayList<>();
        all.add(target);
        all.addAll(byOid.values());
        return all;
    }

    private static Path place(Path target, String location, UnaryOperator<Path> mapping) {
        if (IN_PLACE.matcher(location).matches()) {
            return target.resolve(location);
        }
        Path onServer;
        try {
            onServer = Path.of(location);
        } catch (InvalidPathException e) {
            throw impossible(location, e);
        }
        if (!onServer.isAbsolute()) {
            throw impossible(location, null);
        }
        return mapping.apply(onServer);
    }

    private static BaseBackupException impossible(String location, @Nullable Throwable cause) {
        return new BaseBackupException(
                "the server names a place for a tablespace that cannot exist here: '"
                        + location
                        + "'",
                cause);
    }
}

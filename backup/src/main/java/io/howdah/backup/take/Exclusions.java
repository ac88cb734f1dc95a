package io.howdah.backup.take;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What of a data directory a backup leaves out, as PostgreSQL's own base backup does
/// (src/backend/backup/basebackup.c). Pure.
final class Exclusions {

    /// Directories that are kept empty: the server makes anew what was in them, and WAL comes from
    /// the archive.
    private static final Set<String> KEPT_EMPTY =
            Set.of(
                    "pg_dynshmem",
                    "pg_notify",
                    "pg_replslot",
                    "pg_serial",
                    "pg_snapshots",
                    "pg_stat_tmp",
                    "pg_subtrans",
                    "pg_wal");

    /// Files at the top of the data directory. What a restored server begins as is said by who
    /// restores it; and it is another copy of the data than the one that `howdah.incarnation`
    /// names, and no standby any more, as `howdah.timeline` says.
    private static final Set<String> TOP_FILES =
            Set.of(
                    "postmaster.pid",
                    "postmaster.opts",
                    "postgresql.auto.conf.tmp",
                    "current_logfiles.tmp",
                    "backup_label",
                    "tablespace_map",
                    "backup_manifest",
                    "recovery.signal",
                    "standby.signal",
                    "howdah.incarnation",
                    "howdah.timeline");

    private static final Pattern RELATION =
            Pattern.compile("(\\d+)(?:_(fsm|vm|init))?(?:\\.(\\d+))?");
    private static final Pattern TEMPORARY_RELATION =
            Pattern.compile("t\\d+_\\d+(?:_(?:fsm|vm))?(?:\\.\\d+)?");
    private static final Pattern RELATION_FOLDER =
            Pattern.compile("global|base/\\d+|pg_tblspc/\\d+/PG_[^/]+/\\d+");

    /// Where the server keeps what a cluster consists of, but for configuration.
    private static final Pattern DATA =
            Pattern.compile(
                    "(?:base|global|pg_xact|pg_multixact|pg_commit_ts|pg_twophase|pg_logical)(?:/.*)?"
                            + "|pg_tblspc/.*");

    /// A file of a relation.
    ///
    /// @param number the relation's
    /// @param fork empty for the main one
    /// @param segment 0 for the first file
    record Relation(String number, String fork, int segment) {}

    private Exclusions() {}

    /// Whether a directory is kept without what is in it.
    ///
    /// @param path below the data directory
    static boolean isKeptEmpty(String path) {
        return KEPT_EMPTY.contains(path);
    }

    /// Whether a restored server is lost, or not whole, without what bears this name.
    ///
    /// @param path below the data directory
    static boolean isData(String path) {
        return DATA.matcher(path).matches();
    }

    /// The names out of those in a directory that belong to the backup, sorted.
    ///
    /// @param folder below the data directory; empty for itself
    static Collection<String> kept(String folder, Collection<String> names) {
        var kept = new TreeSet<String>();
        Set<String> unlogged = isRelationFolder(folder) ? unlogged(names) : Set.of();
        for (String name : names) {
            if (!isLeftOut(folder, name) && !isUnlogged(name, unlogged)) {
                kept.add(name);
            }
        }
        return kept;
    }

    private static boolean isLeftOut(String folder, String name) {
        return name.startsWith("pgsql_tmp")
                || name.startsWith("pg_internal.init")
                || (folder.isEmpty() && TOP_FILES.contains(name))
                || (folder.equals("global") && name.equals("pg_control"))
                || (isRelationFolder(folder) && TEMPORARY_RELATION.matcher(name).matches());
    }

    static boolean isRelationFolder(String folder) {
        return RELATION_FOLDER.matcher(folder).matches();
    }

    /// What file of a relation this is; null for another file.
    static @Nullable Relation relation(String name) {
        Matcher matcher = RELATION.matcher(name);
        if (!matcher.matches()) {
            return null;
        }
        String fork = matcher.group(2);
        String segment = matcher.group(3);
        return new Relation(
                String.valueOf(matcher.group(1)),
                fork == null ? "" : fork,
                segment == null ? 0 : Integer.parseInt(segment));
    }

    /// Relations with an initial fork are made empty from it at the start of a server.
    private static Set<String> unlogged(Collection<String> names) {
        var numbers = new TreeSet<String>();
        for (String name : names) {
            Relation relation = relation(name);
            if (relation != null && relation.fork().equals("init")) {
                numbers.add(relation.number());
            }
        }
        return numbers;
    }

    private static boolean isUnlogged(String name, Set<String> unlogged) {
        if (unlogged.isEmpty()) {
            return false;
        }
        Relation relation = relation(name);
        return relation != null
                && !relation.fork().equals("init")
                && unlogged.contains(relation.number());
    }
}

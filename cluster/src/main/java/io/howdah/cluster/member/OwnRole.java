package io.howdah.cluster.member;

import io.howdah.postgres.wire.Secret;
import java.util.List;

/// One of Howdah's own roles, as it is to be in PostgreSQL. All of them log in, and none is more
/// than that but for what stands here.
///
/// @param name the role
/// @param password its password
/// @param replicates whether it has the attribute REPLICATION
/// @param memberships the predefined roles that it is a member of
/// @param functions what it may execute beyond what everybody may, in the database `postgres`, with
///   the types of their arguments
record OwnRole(
        String name,
        Secret password,
        boolean replicates,
        List<String> memberships,
        List<String> functions) {

    /// All of them.
    static List<OwnRole> all(MemberSecrets secrets) {
        return List.of(
                new OwnRole(
                        ServerRoles.REPLICATION, secrets.replication(), true, List.of(), List.of()),
                // PostgreSQL, "pg_rewind": what it calls on the source when not a superuser
                new OwnRole(
                        ServerRoles.REWIND,
                        secrets.rewind(),
                        false,
                        List.of("pg_checkpoint"),
                        List.of(
                                "pg_ls_dir(text, boolean, boolean)",
                                "pg_stat_file(text, boolean)",
                                "pg_read_binary_file(text)",
                                "pg_read_binary_file(text, bigint, bigint, boolean)")),
                new OwnRole(
                        ServerRoles.BACKUP,
                        secrets.backup(),
                        true,
                        List.of("pg_checkpoint", "pg_read_all_settings"),
                        List.of(
                                "pg_backup_start(text, boolean)",
                                "pg_backup_stop(boolean)",
                                "pg_create_restore_point(text)",
                                "pg_switch_wal()")),
                new OwnRole(
                        ServerRoles.MONITOR,
                        secrets.monitor(),
                        false,
                        List.of("pg_monitor"),
                        List.of()),
                new OwnRole(ServerRoles.LOOKUP, secrets.lookup(), false, List.of(), List.of()));
    }
}

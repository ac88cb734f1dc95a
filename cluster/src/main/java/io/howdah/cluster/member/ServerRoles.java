package io.howdah.cluster.member;

import io.howdah.postgres.RoleAccess;
import io.howdah.postgres.RoleAccess.Reach;
import java.util.List;

/// The roles that Howdah makes in PostgreSQL, each with no more than it needs. What they may do
/// there stands in [OwnRole].
final class ServerRoles {

    /// Physical replication, base backups, and their slots.
    static final String REPLICATION = "howdah_replication";

    /// What `pg_rewind` reads, and a checkpoint before it.
    static final String REWIND = "howdah_rewind";

    /// Backups: replication, and the functions that begin and end one.
    static final String BACKUP = "howdah_backup";

    /// Statistics, for metrics and exporters.
    static final String MONITOR = "howdah_monitor";

    /// The verifiers of others' passwords, by one function.
    static final String LOOKUP = "howdah_lookup";

    /// Owns the cluster; over the local socket only.
    static final String SUPERUSER = "postgres";

    private static final String HOME = "\"postgres\"";

    /// From where each may connect.
    static final List<RoleAccess> ACCESS =
            List.of(
                    new RoleAccess(REPLICATION, "replication", Reach.MEMBERS_ALWAYS),
                    new RoleAccess(REWIND, HOME, Reach.MEMBERS_ALWAYS),
                    new RoleAccess(BACKUP, "replication," + HOME, Reach.MEMBERS),
                    new RoleAccess(LOOKUP, HOME, Reach.MEMBERS),
                    new RoleAccess(MONITOR, "all", Reach.OWN_HOST));

    private ServerRoles() {}
}

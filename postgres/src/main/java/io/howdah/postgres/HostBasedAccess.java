package io.howdah.postgres;

import java.util.List;

/// Who may connect, as `pg_hba.conf` and `pg_ident.conf` have it. Nobody is trusted without proof:
/// passwords go by SCRAM only. Immutable and pure.
///
/// @param replicationRole the members' role for physical replication
/// @param rewindRole the members' role for `pg_rewind` and for what they ask each other
/// @param superuserLogins the users of this operating system that may be `postgres` on the local
///   socket
/// @param access the operator's lines, as in `host all all 10.0.0.0/8 scram-sha-256`
public record HostBasedAccess(
        String replicationRole,
        String rewindRole,
        List<String> superuserLogins,
        List<String> access) {

    /// @throws PostgresException when a line of the operator's is not allowed, with the reason
    public HostBasedAccess {
        superuserLogins = List.copyOf(superuserLogins);
        access = List.copyOf(access);
    }

    /// `pg_hba.conf` for a server that clients must not use yet: the owner's own socket, and the
    /// members.
    public String closed() {
        return "";
    }

    /// `pg_hba.conf` for a server that clients may use.
    public String open() {
        return "";
    }

    /// `pg_ident.conf`: who may be `postgres` on the local socket.
    public String ident() {
        return "";
    }
}

package io.howdah.postgres;

/// What a role of Howdah's own may reach over the network, always encrypted and by password. On the
/// local socket it reaches nothing.
///
/// @param role its name
/// @param databases where it may go, as `pg_hba.conf` writes it: `replication`, `"postgres"`
/// @param reach from where, and what it must show
public record RoleAccess(String role, String databases, Reach reach) {

    /// From where a role may come, and when.
    public enum Reach {
        /// From the members' addresses, with a certificate of the cluster beside the password; also
        /// while clients are kept out.
        MEMBERS_ALWAYS,
        /// As `MEMBERS_ALWAYS`, but not while clients are kept out.
        MEMBERS,
        /// From the server's own host; the operator may admit it from elsewhere.
        OWN_HOST
    }
}

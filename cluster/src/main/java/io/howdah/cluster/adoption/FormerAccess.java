package io.howdah.cluster.adoption;

/// A line of the former server's `pg_hba.conf`. Immutable.
///
/// @param whom what stands before the method, with single blanks: type, databases, roles, address
/// @param method such as `md5`
/// @param options what stands behind it; empty when nothing does
record FormerAccess(String whom, String method, String options) {

    /// The whole line.
    String text() {
        return by(method);
    }

    /// The line by another method; only passwords keep the options.
    String by(String other) {
        boolean plain = options.isEmpty() || other.equals("reject");
        return whom + " " + other + (plain ? "" : " " + options);
    }
}

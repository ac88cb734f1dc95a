package io.howdah.proxy.protocol;

import java.util.Optional;
import java.util.regex.Pattern;

/// What a client's first packet asks for by `replication`.
public enum Replication {
    /// A session like any other.
    NONE,
    /// WAL and base backups, of the whole server: no database is meant.
    PHYSICAL,
    /// Also SQL and logical decoding, in the database that is named (`replication=database`).
    LOGICAL;

    /// What PostgreSQL's `parse_bool` takes for false and for true: beginnings of these words, in
    /// any case.
    private static final Pattern NO =
            Pattern.compile("f(a(l(se?)?)?)?|no?|off?|0", Pattern.CASE_INSENSITIVE);

    private static final Pattern YES =
            Pattern.compile("t(r(ue?)?)?|y(es?)?|on|1", Pattern.CASE_INSENSITIVE);

    /// Reads a value as PostgreSQL does; empty when it is none.
    static Optional<Replication> of(String value) {
        if (value.equals("database")) {
            return Optional.of(LOGICAL);
        }
        if (YES.matcher(value).matches()) {
            return Optional.of(PHYSICAL);
        }
        return NO.matcher(value).matches() ? Optional.of(NONE) : Optional.empty();
    }
}

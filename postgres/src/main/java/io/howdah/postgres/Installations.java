package io.howdah.postgres;

import java.util.List;

/// The PostgreSQLs that this machine can run: the installed ones and the embedded one.
public final class Installations {

    private final OperatingSystemUser user;

    /// @param user who will run PostgreSQL
    public Installations(OperatingSystemUser user) {
        this.user = user;
    }

    /// The installed ones that Howdah runs, newest first.
    public List<Installation> installed() {
        return List.of();
    }

    /// The embedded one, unpacked on first use.
    ///
    /// @throws PostgresException when there is none for this machine or it cannot be unpacked
    public Installation embedded() {
        throw new UnsupportedOperationException(user.name());
    }

    /// The one that the operator names.
    ///
    /// @param choice `auto` for the newest installed one, or the embedded one when there is none;
    ///   `embedded`; or a path to a directory with `postgres` in it or in its `bin`
    /// @throws PostgresException when there is no such one, or Howdah does not run its version
    public Installation choose(String choice) {
        throw new UnsupportedOperationException(choice);
    }
}

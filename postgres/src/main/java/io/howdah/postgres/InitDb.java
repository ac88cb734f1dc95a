package io.howdah.postgres;

/// Makes a new database: UTF-8, the locale C.UTF-8, data checksums, SCRAM for hosts, the operating
/// system's word for the local socket; its superuser is `postgres`, without a password.
///
/// @param installation whose `initdb` is run
public record InitDb(Installation installation) {

    /// Makes the database.
    ///
    /// @param data missing or empty
    /// @throws PostgresException when there is something in the directory, the user that runs
    ///   PostgreSQL cannot reach it, or `initdb` fails, with what it said
    public void run(DataDirectory data) {
        installation.requireTool("initdb");
    }
}

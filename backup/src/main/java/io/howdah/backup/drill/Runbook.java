package io.howdah.backup.drill;

import io.howdah.postgres.wire.ServerAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// The commands that do by hand what a drill does. Pure.
///
/// @param repository where the backups are
/// @param key the words that name its key; empty where it is not encrypted
/// @param request what the drill does
record Runbook(String repository, List<String> key, DrillRequest request) {

    Runbook {
        key = List.copyOf(key);
    }

    String backups() {
        return "howdah backup list --repository " + quoted(repository) + keyWords();
    }

    private String keyWords() {
        return key.stream().map(word -> " " + quoted(word)).collect(Collectors.joining());
    }

    String make() {
        return "mkdir -m 700 " + quoted(request.scratch().directory().toString());
    }

    String clear() {
        return "rm -r " + quoted(request.scratch().directory().toString());
    }

    String stop() {
        return "pg_ctl stop --pgdata " + quoted(request.scratch().data().toString());
    }

    String room() {
        return "df -h " + quoted(request.scratch().directory().toString());
    }

    /// @param backup its id
    String restore(String backup, Map<Path, Path> tablespaces) {
        var text = new StringBuilder("howdah restore --latest --start --repository ");
        text.append(quoted(repository))
                .append(" --backup ")
                .append(backup)
                .append(" --directory ")
                .append(quoted(request.scratch().data().toString()));
        text.append(keyWords());
        tablespaces.forEach(
                (from, to) -> text.append(" --tablespace-map ").append(quoted(from + "=" + to)));
        return text.toString();
    }

    /// When the server is stopped.
    String pages() {
        return "pg_checksums --check --pgdata " + quoted(request.scratch().data().toString());
    }

    /// Those on the copy that runs.
    OnCopy on(Copy copy) {
        return switch (copy.address()) {
            case ServerAddress.UnixSocket(Path directory, int port) ->
                    new OnCopy("--host " + quoted(directory.toString()) + " --port " + port);
            case ServerAddress.Tcp(String host, int port) ->
                    new OnCopy("--host " + quoted(host) + " --port " + port);
        };
    }

    /// @param where how to reach it
    record OnCopy(String where) {

        private String psql(String database, String query) {
            return "psql "
                    + where
                    + " --username postgres --dbname "
                    + quoted(database)
                    + " --command "
                    + quoted(query);
        }

        String firstQuery() {
            return psql("postgres", "select datname from pg_database where datallowconn");
        }

        String invalid() {
            return psql("postgres", "select datname from pg_database where datconnlimit = -2");
        }

        String marker() {
            return psql("postgres", "select number, at from howdah.marker");
        }

        String structure(String database) {
            return "pg_amcheck "
                    + where
                    + " --username postgres --install-missing --heapallindexed --parent-check "
                    + quoted(database);
        }

        String assertion(Assertion assertion) {
            return psql(assertion.database(), assertion.query());
        }
    }

    private static String quoted(String text) {
        return text.matches("[A-Za-z0-9_./:=@+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}

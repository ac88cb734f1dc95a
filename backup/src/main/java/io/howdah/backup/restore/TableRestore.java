package io.howdah.backup.restore;

import io.howdah.backup.BackupException;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.postgres.Installation;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.process.Command;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.postgres.wire.SqlLiteral;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Brings single tables back: from a copy in a scratch directory, by PostgreSQL's own `pg_dump` and
/// `pg_restore`, all or nothing. For one call of [#run].
public final class TableRestore {

    private static final Duration QUESTION = Duration.ofMinutes(1);

    /// Nothing bounds the time that a large table takes.
    private static final Duration TRANSFER = Duration.ofDays(7);

    private final Repository repository;
    private final OperatingSystemUser user;
    private final TablesRequest request;
    private final RestoreListener listener;

    /// @param user who runs PostgreSQL
    public TableRestore(
            Repository repository,
            OperatingSystemUser user,
            TablesRequest request,
            RestoreListener listener) {
        this.repository = repository;
        this.user = user;
        this.request = request;
        this.listener = listener;
    }

    /// Brings them back.
    ///
    /// @return what they were taken from
    /// @throws BackupException when it is refused, or fails; nothing has changed then where they
    ///   were to go
    public Restored run(Installations installations) {
        BackupRecord backup = Restoring.choose(repository, copy(Optional.empty(), Map.of()));
        Installation installation = Restoring.installation(installations, backup);
        Path dump = installation.requireTool("pg_dump");
        Path restore = installation.requireTool("pg_restore");
        requireAbsent(installation.requireTool("psql"));
        request.scratch().make(user);
        try {
            Restored restored =
                    new Restoring(
                                    repository,
                                    user,
                                    copy(
                                            Optional.of(backup),
                                            request.scratch().tablespaces(backup)),
                                    listener)
                            .run(installations);
            carry(dump, restore, restored.address().orElseThrow());
            return restored;
        } finally {
            request.scratch().clear(user);
        }
    }

    private RestoreRequest copy(Optional<BackupRecord> backup, Map<Path, Path> tablespaces) {
        return new RestoreRequest(
                request.scratch().data(),
                request.target(),
                backup.map(BackupRecord::backupId).or(request::backup),
                request.timeline(),
                tablespaces,
                RestoreRequest.Ending.SCRATCH,
                false,
                request.workers());
    }

    /// What is there stays: whoever wants it replaced renames or drops it first.
    private void requireAbsent(Path psql) {
        for (String table : request.tables()) {
            String said =
                    call(
                            "look for " + table,
                            QUESTION,
                            request.environment(),
                            psql.toString(),
                            "--no-psqlrc",
                            "--no-password",
                            "--quiet",
                            "--tuples-only",
                            "--no-align",
                            "--dbname=" + request.into(),
                            "--command=select pg_catalog.to_regclass("
                                    + new SqlLiteral(table)
                                    + ") is not null");
            if (said.strip().equals("t")) {
                throw new BackupException(
                        "the table " + table + " is there already, and stays as it is",
                        "rename it (alter table "
                                + table
                                + " rename to …), or name another"
                                + " database with --into");
            }
        }
    }

    private void carry(Path dump, Path restore, ServerAddress from) {
        if (!(from instanceof ServerAddress.UnixSocket(Path socket, int port))) {
            throw new IllegalStateException("a copy listens on a socket, not at " + from);
        }
        Path file = request.scratch().directory().resolve("tables.dump");
        var taking =
                new ArrayList<>(
                        List.of(
                                dump.toString(),
                                "--format=custom",
                                "--strict-names",
                                "--no-password",
                                "--host=" + socket,
                                "--port=" + port,
                                "--username=postgres",
                                "--dbname=" + request.database(),
                                "--file=" + file));
        request.tables().forEach(table -> taking.add("--table=" + table));
        call("take the tables from the copy", TRANSFER, Map.of(), taking.toArray(String[]::new));
        call(
                "bring the tables back",
                TRANSFER,
                request.environment(),
                restore.toString(),
                "--single-transaction",
                "--exit-on-error",
                "--no-owner",
                "--no-privileges",
                "--no-tablespaces",
                "--no-security-labels",
                "--no-publications",
                "--no-password",
                "--dbname=" + request.into(),
                file.toString());
    }

    private static String call(
            String what, Duration limit, Map<String, String> more, String... command) {
        var environment = new HashMap<>(more);
        environment.put("PATH", OperatingSystemUser.PATH);
        environment.put("LC_MESSAGES", "C");
        Command.Result result = Command.run(List.of(command), environment, limit);
        if (!result.succeeded()) {
            throw new BackupException(
                    "cannot " + what + ": " + result.output().strip().replace("\n", "; "),
                    "nothing has changed where they were to go; what a table needs (its schema,"
                            + " types, functions, the tables it refers to) has to be there, or be"
                            + " brought back in the same command");
        }
        return result.output();
    }
}

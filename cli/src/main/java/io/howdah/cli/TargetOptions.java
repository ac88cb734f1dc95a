package io.howdah.cli;

import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.TargetTime;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.Lsn;
import java.time.Instant;
import java.time.ZoneId;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Up to where WAL is replayed; exactly one of them.
final class TargetOptions {

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description =
                    "To the last commit at that time or before, as in \"2026-11-21 10:15:00+01\".")
    private @Nullable String time;

    @Option(
            names = "--to-lsn",
            paramLabel = "LSN",
            description = "To a position in the WAL, as in 0/5000A10.")
    private @Nullable String lsn;

    @Option(
            names = "--to-xid",
            paramLabel = "XID",
            description = "To a transaction, which is included.")
    private @Nullable Long xid;

    @Option(
            names = "--to-name",
            paramLabel = "NAME",
            description = "To a restore point made by pg_create_restore_point.")
    private @Nullable String name;

    @Option(names = "--latest", description = "To the newest WAL there is.")
    private boolean latest;

    @Option(
            names = "--immediate",
            description = "To the end of the backup: the least WAL is replayed.")
    private boolean immediate;

    TargetOptions() {}

    RestoreTarget parse() {
        if (time != null) {
            Instant wanted = TargetTime.parse(time, ZoneId.systemDefault());
            if (wanted.isAfter(Instant.now())) {
                throw CommandFailure.failed(
                        "the target " + wanted + " is still to come",
                        "name an earlier time, or --latest");
            }
            return new RestoreTarget.At(wanted);
        }
        if (lsn != null) {
            return new RestoreTarget.Position(Lsn.parse(lsn));
        }
        if (xid != null) {
            return new RestoreTarget.Transaction(xid);
        }
        if (name != null) {
            return new RestoreTarget.Name(name);
        }
        if (latest) {
            return new RestoreTarget.Latest();
        }
        if (immediate) {
            return new RestoreTarget.Immediate();
        }
        throw CommandFailure.wrongUsage("no target is named", "say --latest, or --to TIME");
    }
}

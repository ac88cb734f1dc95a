package io.howdah.cli;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.restore.TargetTime;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.Pace;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.postgres.Installations;
import io.howdah.postgres.Lsn;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah restore`.
@Command(
        name = "restore",
        description = {
            "Restore a backup into a directory, and replay WAL up to a moment.",
            "What stands there then starts anywhere, and needs the repository no more."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah restore --repository /var/backups/orders --latest --directory /srv/copy",
            "  howdah restore --to \"2026-11-21 10:15:00+01\" --directory /srv/copy --start"
        })
final class RestoreCommand implements Callable<Integer> {

    /// Up to where; exactly one of them.
    static final class Target {

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

    @Mixin private RepositoryAddress repository = new RepositoryAddress();

    @ArgGroup(multiplicity = "1")
    private Target target = new Target();

    @Option(
            names = "--directory",
            required = true,
            paramLabel = "DIR",
            description = "Where the data directory is to be: an empty or a new directory.")
    private Path directory = Path.of("");

    @Option(
            names = "--backup",
            paramLabel = "ID",
            description = "Which backup; default: the newest one that ended before the target.")
    private @Nullable String backup;

    @Option(
            names = "--timeline",
            paramLabel = "N",
            description = "Which timeline to follow; default: the newest.")
    private @Nullable Long timeline;

    @Option(
            names = "--tablespace-map",
            paramLabel = "OLD=NEW",
            description =
                    "Where a tablespace goes; default: where it was. May be given several times.")
    private Map<Path, Path> tablespaces = Map.of();

    @Option(
            names = "--delta",
            description = "Replace what is in the directory; what is right there already stays.")
    private boolean delta;

    @Option(names = "--prepare-only", description = "Do not replay the WAL: the first start does.")
    private boolean prepareOnly;

    @Option(names = "--start", description = "Leave the server running, on a socket of its own.")
    private boolean start;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many threads write, 1 to 64; default: one per processor, at most 4.")
    private int workers = BackupCommand.defaultWorkers();

    RestoreCommand() {}

    @Override
    public Integer call() {
        RestoreRequest request = request();
        Repository found = Repository.open(repository.store(Optional.empty()));
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        long begun = System.nanoTime();
        Restored restored;
        try (Progress progress = Progress.start(Screen.standardError(), "restoring")) {
            restored =
                    new Restoring(found, user, request, new Told(progress))
                            .run(new Installations(user));
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
        Screen.standardOutput()
                .print(
                        BackupView.restored(
                                restored, request.directory(), millis, ZoneId.systemDefault()));
        return 0;
    }

    private RestoreRequest request() {
        if (prepareOnly && start) {
            throw CommandFailure.wrongUsage(
                    "--prepare-only leaves the start to you, and --start does it",
                    "say one of them");
        }
        try {
            return new RestoreRequest(
                    directory,
                    target.parse(),
                    Optional.ofNullable(backup).map(BackupId::new),
                    Optional.ofNullable(timeline).map(TimelineId::new),
                    tablespaces.entrySet().stream()
                            .collect(
                                    Collectors.toMap(
                                            entry -> entry.getKey().normalize(),
                                            entry ->
                                                    entry.getValue().toAbsolutePath().normalize())),
                    prepareOnly
                            ? RestoreRequest.Ending.PREPARED
                            : start ? RestoreRequest.Ending.RUNNING : RestoreRequest.Ending.STOPPED,
                    delta,
                    workers);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "see `howdah restore --help`");
        }
    }

    /// Shows on a terminal how it gets on.
    private static final class Told implements RestoreListener {

        private final Progress progress;
        private Pace pace = new Pace("restoring");

        Told(Progress progress) {
            this.progress = progress;
        }

        @Override
        public void chosen(BackupRecord backup) {
            pace = new Pace("restoring " + backup.id());
        }

        @Override
        public void progress(long written, long total, long kept) {
            progress.now(pace.now(written, total));
        }

        @Override
        public void step(RestoreStep step) {
            if (step == RestoreStep.RECOVERING) {
                progress.now("replaying WAL");
            }
        }
    }
}

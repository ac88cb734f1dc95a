package io.howdah.cli;

import io.howdah.backup.catalog.BackupId;
import io.howdah.backup.catalog.BackupRecord;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.restore.DamagedPart;
import io.howdah.backup.restore.RestoreListener;
import io.howdah.backup.restore.RestoreRequest;
import io.howdah.backup.restore.RestoreStep;
import io.howdah.backup.restore.RestoreTarget;
import io.howdah.backup.restore.Restored;
import io.howdah.backup.restore.Restoring;
import io.howdah.backup.restore.TableRestore;
import io.howdah.backup.restore.TablesRequest;
import io.howdah.cli.backup.BackupView;
import io.howdah.cli.backup.Pace;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.backup.ClusterRestore;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.TimelineId;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
            "What stands there then starts anywhere, and needs the repository no more.",
            "Or bring single tables back, into a server that runs: --table, --into.",
            "Or begin a whole cluster anew on one of its nodes: --cluster, --config."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah restore --repository /var/backups/orders --latest --directory /srv/copy",
            "  howdah restore --to \"2026-11-21 10:15:00+01\" --directory /srv/copy --start",
            "  howdah restore --latest --cluster --config /etc/howdah/howdah.yaml",
            "  howdah restore --to \"2026-11-21 10:15:00+01\" --table sales.orders --into \"host=127.0.0.1 port=6501 user=app dbname=app\""
        })
final class RestoreCommand implements Callable<Integer> {

    /// What is restored, and where to; exactly one of them.
    static final class Place {

        @Option(
                names = "--directory",
                paramLabel = "DIR",
                description =
                        "All of it: where the data directory is to be, an empty or a new directory.")
        private @Nullable Path directory;

        @ArgGroup(exclusive = false)
        private @Nullable TableOptions tables;

        @ArgGroup(exclusive = false)
        private @Nullable ClusterOptions cluster;
    }

    @Mixin private RepositoryAddress repository = new RepositoryAddress();

    @ArgGroup(multiplicity = "1")
    private TargetOptions target = new TargetOptions();

    @ArgGroup(multiplicity = "1")
    private Place place = new Place();

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

    @Option(
            names = "--skip-damaged",
            description =
                    "Rescue what is left: what cannot be read from the repository becomes zeros, and is named. Ends with 1 then.")
    private boolean skipDamaged;

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
        ClusterOptions cluster = place.cluster;
        Repository found =
                Repository.open(
                        cluster == null
                                ? repository.store(Optional.empty())
                                : cluster.store(repository));
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        TableOptions tables = place.tables;
        ClusterRestore whole = cluster == null ? null : cluster.restore(found);
        Path directory = whole == null ? place.directory : whole.directory();
        long begun = System.nanoTime();
        List<String> said;
        List<String> lost = List.of();
        try (Progress progress = Progress.start(Screen.standardError(), "restoring")) {
            if (tables != null) {
                TablesRequest request = tables(tables);
                Restored from =
                        new TableRestore(found, user, request, new Told(progress, request.target()))
                                .run(new Installations(user));
                said = BackupView.tables(from, request, millisSince(begun));
            } else {
                RestoreRequest request = request(Objects.requireNonNull(directory), whole != null);
                Restored restored =
                        new Restoring(found, user, request, new Told(progress, request.target()))
                                .run(new Installations(user));
                said =
                        BackupView.restored(
                                restored,
                                request.directory(),
                                millisSince(begun),
                                ZoneId.systemDefault());
                lost = BackupView.lost(restored);
                if (whole != null) {
                    whole.order();
                    said = BackupView.withWhatIsNext(said, whole.configuration().node());
                }
            }
        }
        Screen.standardOutput().print(said);
        Screen.standardError().print(lost);
        return lost.isEmpty() ? 0 : CommandFailure.FAILED;
    }

    private static long millisSince(long begunNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begunNanos);
    }

    private TablesRequest tables(TableOptions options) {
        if (prepareOnly || start || delta || skipDamaged || !tablespaces.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    "--prepare-only, --start, --delta, --skip-damaged and --tablespace-map are for"
                            + " whole servers",
                    "leave them out; tables go into a server that runs");
        }
        try {
            return options.request(
                    target.parse(),
                    Optional.ofNullable(backup).map(BackupId::new),
                    Optional.ofNullable(timeline).map(TimelineId::new),
                    workers);
        } catch (IllegalArgumentException e) {
            throw mistyped(e);
        }
    }

    private RestoreRequest request(Path directory, boolean cluster) {
        if (cluster && (prepareOnly || start)) {
            throw CommandFailure.wrongUsage(
                    "--prepare-only and --start are for a copy, not for a cluster",
                    "leave them out, and start the node when the data are restored");
        }
        if (cluster && skipDamaged) {
            throw CommandFailure.wrongUsage(
                    "--skip-damaged is for a copy to rescue data from, not for a cluster",
                    "restore an earlier backup, or a copy: --directory");
        }
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
                    skipDamaged,
                    workers);
        } catch (IllegalArgumentException e) {
            throw mistyped(e);
        }
    }

    private static CommandFailure mistyped(IllegalArgumentException e) {
        return CommandFailure.wrongUsage(
                String.valueOf(e.getMessage()), "see `howdah restore --help`");
    }

    /// Shows on a terminal how it gets on.
    private static final class Told implements RestoreListener {

        private final Progress progress;
        private final RestoreTarget target;
        private Pace pace = new Pace("restoring");

        Told(Progress progress, RestoreTarget target) {
            this.progress = progress;
            this.target = target;
        }

        @Override
        public void chosen(BackupRecord backup) {
            if (target.isSought()) {
                progress.say(
                        "the backup "
                                + backup.id()
                                + " is restored; whether "
                                + target.description()
                                + " comes after it shows only when WAL is replayed");
            }
            pace = new Pace("restoring " + backup.id());
        }

        @Override
        public void progress(long written, long total, long kept) {
            Pace current = pace;
            progress.now(() -> current.now(written, total));
        }

        @Override
        public void damaged(List<DamagedPart> parts) {
            parts.forEach(each -> progress.say("damaged: " + each));
        }

        @Override
        public void step(RestoreStep step) {
            if (step == RestoreStep.RECOVERING) {
                progress.now("replaying WAL");
            }
        }
    }
}

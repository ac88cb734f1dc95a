package io.howdah.cli;

import io.howdah.backup.drill.Assertion;
import io.howdah.backup.drill.DrillGoals;
import io.howdah.backup.drill.DrillReport;
import io.howdah.backup.drill.DrillReports;
import io.howdah.backup.drill.DrillRequest;
import io.howdah.backup.drill.DrillRun;
import io.howdah.backup.marker.Marker;
import io.howdah.backup.repository.Repository;
import io.howdah.backup.repository.RepositoryJson;
import io.howdah.backup.restore.ScratchPlace;
import io.howdah.cli.backup.DrillView;
import io.howdah.cli.backup.LocalServer;
import io.howdah.cli.demo.DemoDirectory;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.cli.screen.Progress;
import io.howdah.cli.screen.Screen;
import io.howdah.node.backup.BackupWorker;
import io.howdah.node.backup.ClusterMarker;
import io.howdah.node.configuration.BackupConfiguration;
import io.howdah.node.configuration.DrillConfiguration;
import io.howdah.node.configuration.DurationText;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah drill`.
@Command(
        name = "drill",
        description = {
            "Prove the newest backup: restore it to the newest second into a scratch directory, look at all of it, and delete it.",
            "Ends with 1 when anything is not as it must be. The report, with every command, goes into the repository."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah drill",
            "  howdah drill --config /etc/howdah/howdah.yaml",
            "  howdah drill --repository /var/backups/orders --rto 1h --assert \"app=select count(*) > 0 from orders\""
        })
final class DrillCommand implements Callable<Integer> {

    /// For large files that are not kept, and open to the user that runs PostgreSQL.
    private static final Path SCRATCH = Path.of("/var/tmp");

    @Mixin private RepositoryAddress repository = new RepositoryAddress();

    @Mixin private ServerChoice servers = new ServerChoice();

    @Option(
            names = "--scratch",
            paramLabel = "DIR",
            description =
                    "Where the copy goes, in a directory of its own; default: backup.drill.directory of --config, else /var/tmp.")
    private @Nullable Path scratch;

    @Option(
            names = "--assert",
            paramLabel = "DATABASE=SQL",
            description =
                    "A statement that has to answer true in the copy; may be given several times. Beside those of --config.")
    private List<String> assertions = List.of();

    @Option(
            names = "--rto",
            paramLabel = "TIME",
            description =
                    "How long it may take to the first query, as in 30m; default: as in --config.")
    private @Nullable String rto;

    @Option(
            names = "--rpo",
            paramLabel = "TIME",
            description =
                    "How far the newest restored commit may be behind the newest acknowledged one, as in 5s; default: as in --config.")
    private @Nullable String rpo;

    @Option(names = "--keep", description = "Leave the copy in the scratch directory, stopped.")
    private boolean keep;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "How many threads write, 1 to 64; default: one per processor, at most 4.")
    private int workers = BackupCommand.defaultWorkers();

    @Option(names = "--json", description = "Print the report as JSON.")
    private boolean json;

    DrillCommand() {}

    @Override
    public Integer call() {
        Optional<DemoDirectory> demo = servers.demo();
        Optional<NodeConfiguration> node = servers.node();
        Optional<BackupConfiguration> section = node.map(NodeConfiguration::backup);
        Repository found =
                Repository.open(
                        node.map(repository::storeOf).orElseGet(() -> repository.store(demo)));
        // its report goes there, and others go by it
        node.ifPresent(
                each -> BackupWorker.repositories(each.directory()).requireOurs(found.store()));
        DrillRequest request = request(section.map(BackupConfiguration::drill).orElse(null));
        List<LocalServer> asked = LocalServer.running(servers.placesIfAny(demo));
        Map<String, ClusterMarker> clusters =
                servers.nodes(demo).stream()
                        .collect(Collectors.toMap(NodeConfiguration::node, ClusterMarker::of));
        OperatingSystemUser user = OperatingSystemUser.forPostgres();
        DrillReport report;
        try (Progress progress = Progress.start(Screen.standardError(), "a drill")) {
            report =
                    new DrillRun(found, user, request, () -> marker(asked, clusters), progress::now)
                            .run(new Installations(user));
        }
        new DrillReports(found).publish(report);
        Screen screen = Screen.standardOutput();
        screen.print(
                json
                        ? List.of(new String(RepositoryJson.write(report), StandardCharsets.UTF_8))
                        : DrillView.lines(report, found.store().toString(), screen.hasColours()));
        return report.passed() ? 0 : CommandFailure.FAILED;
    }

    private DrillRequest request(@Nullable DrillConfiguration configured) {
        var questions = new ArrayList<Assertion>();
        if (configured != null) {
            questions.addAll(configured.questions());
        }
        assertions.forEach(text -> questions.add(assertion(text)));
        DrillGoals goals = configured == null ? DrillGoals.NONE : configured.goals();
        Path place = configured == null ? SCRATCH : configured.directory();
        try {
            return new DrillRequest(
                    new ScratchPlace(
                            (scratch == null ? place : scratch)
                                    .resolve("howdah-drill-" + ProcessHandle.current().pid())),
                    new DrillGoals(goal(rto, goals.rto()), goal(rpo, goals.rpo())),
                    questions,
                    keep,
                    workers);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.wrongUsage(
                    String.valueOf(e.getMessage()), "see `howdah drill --help`");
        }
    }

    private static @Nullable Duration goal(@Nullable String text, @Nullable Duration otherwise) {
        return text == null ? otherwise : DurationText.parse(text);
    }

    private static Assertion assertion(String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw CommandFailure.wrongUsage(
                    "'" + text + "' names no database",
                    "write it as in --assert \"app=select count(*) > 0 from orders\"");
        }
        return new Assertion(text.substring(0, equals), text.substring(equals + 1));
    }

    /// Of the first one that has the newest: a primary, or a standby that is as far as its own. Of
    /// a server that is no node it is not known which its primary is.
    private static Optional<Marker> marker(
            List<LocalServer> servers, Map<String, ClusterMarker> clusters) {
        return servers.stream()
                .flatMap(server ->
                        clusters
                                .getOrDefault(server.name(), new ClusterMarker(Optional::empty))
                                .read(server.source().connection())
                                .stream())
                .findFirst();
    }
}

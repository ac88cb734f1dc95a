package io.howdah.cli;

import io.howdah.backup.BackupException;
import io.howdah.backup.repository.Ownership;
import io.howdah.cli.screen.Confirmation;
import io.howdah.cli.screen.Screen;
import io.howdah.node.Survivor;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.postgres.ControlData;
import io.howdah.postgres.TimelineId;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `howdah recover`.
@Command(
        name = "recover",
        description = {
            "Begin the cluster anew with the data of a node that is left, when a majority of its",
            "nodes is gone for good. Run it on that node, where howdah must not run. What had been",
            "acknowledged and lies on lost nodes only is lost."
        },
        mixinStandardHelpOptions = true,
        footer = {
            "",
            "Example:",
            "  howdah recover --config /etc/howdah/howdah.yaml --dry-run",
            "  howdah recover --config /etc/howdah/howdah.yaml"
        })
final class RecoverCommand implements Callable<Integer> {

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "That node's howdah.yaml.")
    private Path config = Path.of("howdah.yaml");

    @Option(names = "--dry-run", description = "Only say what there is to begin with.")
    private boolean dryRun;

    @Option(names = "--yes", description = "Do not ask whether the other nodes are gone for good.")
    private boolean yes;

    RecoverCommand() {}

    @Override
    public Integer call() {
        NodeConfiguration configuration = NodeConfigurationFile.read(config.toAbsolutePath());
        var survivor = new Survivor(configuration);
        Survivor.Findings found = survivor.look();
        if (dryRun) {
            Screen.standardOutput().print(lines(found));
            return 0;
        }
        Screen.standardError().print(lines(found));
        if (!yes) {
            Confirmation.requireName(
                    "what only other nodes of "
                            + configuration.cluster()
                            + " have is given up, and should they come back, they are no members",
                    configuration.cluster());
        }
        Optional<Path> aside = survivor.begin(archived(configuration));
        Screen.standardOutput().print(next(configuration, found, aside));
        return 0;
    }

    /// On which timeline the former cluster wrote last, as far as its repositories can be asked.
    private static Optional<TimelineId> archived(NodeConfiguration configuration) {
        if (configuration.backup() == null) {
            return Optional.empty();
        }
        try {
            return new RepositoryAddress()
                    .storesOf(configuration).stream()
                            .flatMap(store -> Ownership.read(store).stream())
                            .map(owner -> owner.tenure().timeline())
                            .max(Comparator.naturalOrder());
        } catch (BackupException | UncheckedIOException e) {
            Screen.standardError()
                    .print(
                            List.of(
                                    "its repositories cannot be asked for the last timeline: "
                                            + e.getMessage()));
            return Optional.empty();
        }
    }

    private static List<String> lines(Survivor.Findings found) {
        var lines = new ArrayList<String>();
        lines.add("database %s in %s".formatted(found.system(), found.data()));
        lines.add(
                "last it was %s; it is on timeline %s, and has all up to %s, perhaps more"
                        .formatted(words(found.state()), found.timeline(), found.reached()));
        found.strayedFrom()
                .ifPresent(upTo ->
                        lines.add(
                                "somebody promoted it, or wrote into it, without the cluster: what comes after timeline "
                                        + upTo
                                        + " was never agreed on"));
        return lines;
    }

    private static String words(ControlData.State state) {
        return switch (state) {
            case STARTING_UP -> "about to be made";
            case SHUT_DOWN -> "a primary, stopped in order";
            case SHUT_DOWN_IN_RECOVERY -> "a standby, stopped in order";
            case SHUTTING_DOWN -> "a primary, about to stop";
            case IN_CRASH_RECOVERY -> "in recovery after a crash";
            case IN_ARCHIVE_RECOVERY -> "a standby, not stopped in order";
            case IN_PRODUCTION -> "a primary, not stopped in order";
        };
    }

    private static List<String> next(
            NodeConfiguration configuration, Survivor.Findings found, Optional<Path> aside) {
        var lines = new ArrayList<String>();
        aside.ifPresent(
                there -> lines.add("what the nodes had agreed on is put aside in " + there));
        String others = String.join(", ", found.others());
        lines.add(
                "next, on "
                        + configuration.node()
                        + ":"
                        + (others.isEmpty()
                                ? ""
                                : " take out of `nodes:` in its howdah.yaml whoever of "
                                        + others
                                        + " will not come back with an empty directory;"));
        lines.add("start howdah: it becomes the primary of a new cluster, on a new timeline");
        if (configuration.backup() != null) {
            lines.add("and `howdah backup take-over`: nothing is archived before");
        }
        return lines;
    }
}

package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.FormerDatabase;
import io.howdah.cli.init.Made;
import io.howdah.cli.init.NewCluster;
import io.howdah.cli.init.NewNode;
import io.howdah.cli.screen.CommandFailure;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `howdah init` and what belongs to it.
@Command(
        name = "init",
        description = {
            "Make a new cluster's files: its authority, keys, passwords and every node's howdah.yaml.",
            "Each node gets a directory that is ready to be copied to its host; nothing is started."
        },
        mixinStandardHelpOptions = true,
        subcommands = {
            InitNodeCommand.class,
            InitClientCommand.class,
            InitTokenCommand.class,
            InitRenewCommand.class
        },
        footer = {
            "",
            "Example:",
            "  howdah init --cluster orders --node n1=db1 --node n2=db2 --node n3=db3 --output orders"
        })
final class InitCommand implements Callable<Integer> {

    @Option(names = "--cluster", paramLabel = "NAME", description = "The cluster's name.")
    private @Nullable String cluster;

    @Option(
            names = "--node",
            paramLabel = "NAME=HOST",
            description = "A node and the host that the others reach it by; once for each.")
    private List<String> nodes = new ArrayList<>();

    @Option(
            names = "--witness",
            paramLabel = "NAME=HOST",
            description = "A node that votes and runs no PostgreSQL.")
    private List<String> witnesses = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "DIR",
            description = "Where to write it; must not exist, or be empty.")
    private @Nullable Path output;

    @Option(
            names = "--database",
            paramLabel = "NAME",
            description = "Start with this database, owned by a role of the same name.")
    private @Nullable String database;

    @Option(
            names = "--adopt",
            paramLabel = "IDENTIFIER",
            description = {
                "Hold this database, which was made without Howdah, instead of a new one; it is what",
                "`select system_identifier from pg_control_system()` prints there."
            })
    private @Nullable String adopted;

    @Option(
            names = "--data-directory",
            paramLabel = "NAME=DIR",
            description = "Where that database lies on a node's host; once for each that has it.")
    private Map<String, String> dataDirectories = new LinkedHashMap<>();

    @Mixin private InitOptions.OfNode options = new InitOptions.OfNode();

    @Mixin private MadeOutput made = new MadeOutput();

    InitCommand() {}

    @Override
    public Integer call() {
        if (cluster == null || output == null || nodes.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    "a new cluster needs --cluster, --output and at least one --node",
                    "see `howdah init --help`");
        }
        var all = new ArrayList<NewNode>();
        nodes.forEach(text -> all.add(NewNode.parse(text, options.ports(), false)));
        witnesses.forEach(text -> all.add(NewNode.parse(text, options.ports(), true)));
        var directory = new ClusterDirectory(output.toAbsolutePath().normalize());
        requireAdoption();
        new NewCluster(
                        cluster,
                        all,
                        options.data(),
                        FormerDatabase.of(adopted, dataDirectories),
                        database,
                        options.life())
                .writeTo(directory, Instant.now());
        var lines = new ArrayList<String>();
        lines.add("cluster " + cluster + " is ready to be started:");
        for (NewNode node : all) {
            lines.add(
                    "  copy "
                            + directory.node(node.name())
                            + " to "
                            + node.address().host()
                            + ", and run there: howdah node --config "
                            + node.name()
                            + "/howdah.yaml");
        }
        lines.add(
                "  then: howdah status --credentials "
                        + directory.admin()
                        + " --api "
                        + all.getFirst().address().bracketedHost()
                        + ":"
                        + all.getFirst().address().apiPort());
        lines.add("Keep " + directory.authorityKey() + " safe: whoever has it is the cluster.");
        made.print(
                new Made.Cluster(
                        cluster,
                        directory.path().toString(),
                        directory.authorityKey().toString(),
                        directory.admin().toString(),
                        all.stream().map(node -> Made.Node.of(node, directory)).toList()),
                lines);
        return 0;
    }

    private void requireAdoption() {
        if (adopted == null && !dataDirectories.isEmpty()) {
            throw CommandFailure.wrongUsage(
                    "--data-directory is for a database that is to be adopted",
                    "name that with --adopt IDENTIFIER");
        }
        if (adopted != null && database != null) {
            throw CommandFailure.wrongUsage(
                    "--database is for a new database, --adopt for one that is there",
                    "leave one of them out");
        }
        if (adopted != null && !adopted.matches("[0-9]{1,20}")) {
            throw CommandFailure.wrongUsage(
                    "'" + adopted + "' is no system identifier",
                    "ask the database: select system_identifier from pg_control_system()");
        }
        for (String name : dataDirectories.keySet()) {
            if (nodes.stream().noneMatch(node -> node.startsWith(name + "="))) {
                throw CommandFailure.wrongUsage(
                        "--data-directory names " + name + ", which is no --node",
                        "name it as in --node " + name + "=HOST");
            }
        }
    }
}

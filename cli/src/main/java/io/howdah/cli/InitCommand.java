package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.FormerDatabase;
import io.howdah.cli.init.Made;
import io.howdah.cli.init.NewCluster;
import io.howdah.cli.init.NewNode;
import io.howdah.cli.init.Renewal;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.authority.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
            InitCommand.NodeInit.class,
            InitCommand.ClientInit.class,
            InitCommand.TokenInit.class,
            InitCommand.RenewInit.class
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

    @Mixin private NodeOptions options = new NodeOptions();

    @Mixin private MadeOutput made = new MadeOutput();

    InitCommand() {}

    /// What every way to make a node takes.
    static final class NodeOptions {

        @Option(
                names = "--postgres-port",
                paramLabel = "PORT",
                defaultValue = "5432",
                description = "PostgreSQL's port; default: 5432.")
        private int postgresPort;

        @Option(
                names = "--api-port",
                paramLabel = "PORT",
                defaultValue = "6531",
                description = "The API's port; default: 6531.")
        private int apiPort;

        @Option(
                names = "--consensus-port",
                paramLabel = "PORT",
                defaultValue = "6541",
                description = "The consensus' port; default: 6541.")
        private int consensusPort;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                defaultValue = "/var/lib/howdah",
                description = "Where each host keeps its node's data; default: /var/lib/howdah.")
        private String data = "";

        @Mixin private Validity validity = new Validity();

        NodeOptions() {}

        NewNode.Ports ports() {
            return new NewNode.Ports(postgresPort, apiPort, consensusPort);
        }
    }

    /// How long certificates are valid.
    static final class Validity {

        @Option(
                names = "--days",
                paramLabel = "N",
                defaultValue = "365",
                description = "How long certificates are valid; default: 365.")
        private int days;

        Validity() {}

        Duration life() {
            if (days < 1 || days > 3650) {
                throw CommandFailure.wrongUsage(
                        days + " days are not possible", "use --days 1 to 3650");
            }
            return Duration.ofDays(days);
        }
    }

    /// The directory that holds the authority.
    static final class AuthorityOption {

        @Option(
                names = "--authority",
                paramLabel = "DIR",
                required = true,
                description = "What `howdah init` made (or a demo's directory).")
        private Path directory = Path.of("");

        AuthorityOption() {}

        ClusterDirectory cluster() {
            return new ClusterDirectory(directory.toAbsolutePath().normalize());
        }
    }

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
                        options.data,
                        FormerDatabase.of(adopted, dataDirectories),
                        database,
                        options.validity.life())
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

    /// `howdah init node`.
    @Command(
            name = "node",
            description = "Make the files of one more node of a cluster.",
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  howdah init node --authority orders --name n4=db4"})
    static final class NodeInit implements Callable<Integer> {

        @Mixin private AuthorityOption authority = new AuthorityOption();

        @Option(
                names = "--name",
                paramLabel = "NAME=HOST",
                required = true,
                description = "The node and the host that the others reach it by.")
        private String name = "";

        @Option(names = "--witness", description = "It votes and runs no PostgreSQL.")
        private boolean witness;

        @Mixin private NodeOptions options = new NodeOptions();

        @Mixin private MadeOutput made = new MadeOutput();

        NodeInit() {}

        @Override
        public Integer call() {
            ClusterDirectory directory = authority.cluster();
            NewNode node = NewNode.parse(name, options.ports(), witness);
            NewCluster.addTo(directory, node, options.data, options.validity.life(), Instant.now());
            made.print(
                    Made.Node.of(node, directory),
                    List.of(
                            "node "
                                    + node.name()
                                    + " is ready: copy "
                                    + directory.node(node.name())
                                    + " to "
                                    + node.address().host(),
                            "start it there: the cluster takes it in, nobody else is restarted;"
                                    + " write its line below `nodes:` of the others' howdah.yaml"
                                    + " as well, so that the files stay alike"));
            return 0;
        }
    }

    /// `howdah init client`.
    @Command(
            name = "client",
            description = "Make the key and the certificate of somebody who asks the cluster.",
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example:",
                "  howdah init client --authority orders --name ann --role operate"
            })
    static final class ClientInit implements Callable<Integer> {

        @Mixin private AuthorityOption authority = new AuthorityOption();

        @Mixin private Holder holder = new Holder();

        @Mixin private Validity validity = new Validity();

        @Mixin private MadeOutput made = new MadeOutput();

        ClientInit() {}

        @Override
        public Integer call() {
            ClusterDirectory directory = authority.cluster();
            Path output = holder.output(directory);
            directory.writeClient(
                    directory.authority(),
                    directory.clusterName(),
                    holder.name,
                    holder.role,
                    output,
                    validity.life(),
                    Instant.now());
            made.print(
                    new Made.Client(holder.name, holder.role.text(), output.toString()),
                    List.of(
                            holder.name
                                    + " may "
                                    + holder.role.text()
                                    + " with --credentials "
                                    + output));
            return 0;
        }
    }

    /// `howdah init token`.
    @Command(
            name = "token",
            description = {
                "Make a bearer token for whatever cannot show a certificate.",
                "The nodes keep its hash only; the token itself lies with its holder."
            },
            mixinStandardHelpOptions = true,
            footer = {
                "",
                "Example:",
                "  howdah init token --authority orders --name prometheus --role read"
            })
    static final class TokenInit implements Callable<Integer> {

        @Mixin private AuthorityOption authority = new AuthorityOption();

        @Mixin private Holder holder = new Holder();

        @Mixin private MadeOutput made = new MadeOutput();

        TokenInit() {}

        @Override
        public Integer call() {
            ClusterDirectory directory = authority.cluster();
            Path output = holder.output(directory);
            List<Path> listed = directory.writeToken(holder.name, holder.role, output);
            var lines = new ArrayList<String>();
            lines.add(
                    holder.name
                            + " may "
                            + holder.role.text()
                            + " with the token in "
                            + output.resolve("token"));
            lines.add("copy each to its node, which takes it up without a restart:");
            listed.forEach(file -> lines.add("  " + file));
            made.print(
                    new Made.Token(
                            holder.name,
                            holder.role.text(),
                            output.resolve("token").toString(),
                            listed.stream().map(Path::toString).toList()),
                    lines);
            return 0;
        }
    }

    /// `howdah init renew`.
    @Command(
            name = "renew",
            description = {
                "Renew all certificates in a cluster's directory, for the keys they have.",
                "A node takes up its new certificate without a restart."
            },
            mixinStandardHelpOptions = true,
            footer = {"", "Example:", "  howdah init renew --authority orders"})
    static final class RenewInit implements Callable<Integer> {

        @Mixin private AuthorityOption authority = new AuthorityOption();

        @Mixin private MadeOutput made = new MadeOutput();

        RenewInit() {}

        @Override
        public Integer call() {
            var lines = new ArrayList<String>();
            lines.add("renewed; copy each to where its key is:");
            List<Path> renewed = new Renewal(authority.cluster()).renew(Instant.now());
            renewed.forEach(file -> lines.add("  " + file));
            made.print(new Made.Renewed(renewed.stream().map(Path::toString).toList()), lines);
            return 0;
        }
    }

    /// Who a client is.
    static final class Holder {

        @Option(
                names = "--name",
                paramLabel = "NAME",
                required = true,
                description = "Who it is; the nodes' logs name him.")
        private String name = "";

        @Option(
                names = "--role",
                paramLabel = "read|operate|admin",
                required = true,
                description = "What he may do; each role includes the ones before it.")
        private Role role = Role.READ;

        @Option(
                names = "--output",
                paramLabel = "DIR",
                description = "Where to write it; default: clients/NAME beside the authority.")
        private @Nullable Path output;

        Holder() {}

        Path output(ClusterDirectory directory) {
            if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.@-]{0,62}")) {
                throw CommandFailure.wrongUsage(
                        "'" + name + "' cannot be somebody's name",
                        "use up to 63 letters, digits and _ . @ -");
            }
            Path chosen =
                    output == null ? directory.client(name) : output.toAbsolutePath().normalize();
            if (Files.exists(chosen)) {
                throw CommandFailure.failed(
                        chosen + " is there already",
                        "choose another --name or --output; to renew a certificate: `howdah init"
                                + " renew`");
            }
            return chosen;
        }
    }
}

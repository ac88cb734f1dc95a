package io.howdah.cli;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.NewNode;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.authority.Role;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Options that several of the `howdah init` commands take.
final class InitOptions {

    private InitOptions() {}

    /// What every way to make a node takes.
    static final class OfNode {

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
                names = "--proxy-port",
                paramLabel = "PORT",
                defaultValue = "6432",
                description =
                        "Where each node's proxy takes clients, on all addresses; 0: no proxy; default: 6432.")
        private int proxyPort;

        @Option(
                names = "--data",
                paramLabel = "DIR",
                defaultValue = "/var/lib/howdah",
                description = "Where each host keeps its node's data; default: /var/lib/howdah.")
        private String data = "";

        @Mixin private Validity validity = new Validity();

        OfNode() {}

        String data() {
            return data;
        }

        Duration life() {
            return validity.life();
        }

        NewNode.Ports ports() {
            return new NewNode.Ports(postgresPort, apiPort, consensusPort, proxyPort);
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
    static final class Authority {

        @Option(
                names = "--authority",
                paramLabel = "DIR",
                required = true,
                description = "What `howdah init` made (or a demo's directory).")
        private Path directory = Path.of("");

        Authority() {}

        ClusterDirectory cluster() {
            return new ClusterDirectory(directory.toAbsolutePath().normalize());
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

        String name() {
            return name;
        }

        Role role() {
            return role;
        }

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

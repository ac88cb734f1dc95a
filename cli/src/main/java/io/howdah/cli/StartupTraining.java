package io.howdah.cli;

import io.howdah.cli.demo.DemoFiles;
import io.howdah.cli.demo.DemoSettings;
import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cli.init.NodeKeysSection;
import io.howdah.cli.log.LogFormat;
import io.howdah.cli.log.LogSettings;
import io.howdah.node.Node;
import io.howdah.node.api.ApiServer;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.authority.Role;
import io.howdah.node.beside.BesideCommands;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.node.configuration.ProxyConfigurationFile;
import io.howdah.node.proxy.ClusterProxy;
import io.howdah.proxy.Proxy;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/// What the build runs once to make the start-up cache: whatever a command, or a node, loads at its
/// start. Prints nothing and touches nothing but a temporary directory and a free port of its own.
final class StartupTraining {

    /// Long enough for an election among the witnesses.
    private static final int ROUNDS = 8;

    private static final long ROUND_MILLIS = 500;

    private static final String TRAINING = "training";
    private static final Duration SHORT = Duration.ofDays(1);

    private StartupTraining() {}

    /// Trains for a `command`, a `node`, a `proxy` or a `backup`, as the one argument says.
    public static void main(String[] arguments) throws Exception {
        PrintStream standardOutput = System.out;
        System.setOut(
                new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
        Path directory = Files.createTempDirectory("howdah-training");
        try {
            if (arguments[0].equals("command")) {
                helpTexts();
            } else if (arguments[0].equals("backup")) {
                new BackupTraining(directory, StartupTraining::run).run();
            } else if (arguments[0].equals("proxy")) {
                proxy(directory);
            } else {
                new LogSettings(LogFormat.TEXT, false, directory.resolve("howdah.log"), 64 << 20)
                        .apply();
                LoggerFactory.getLogger(StartupTraining.class).info("training");
                run("--help");
                commands(directory.resolve("commands"));
                witnesses(directory.resolve("witnesses"));
            }
        } finally {
            remove(directory);
            System.setOut(standardOutput);
        }
        // Whatever thread a library has left behind: the run is over, and the cache is made at its
        // end.
        System.exit(0);
    }

    private static void helpTexts() {
        for (String command : Howdah.commandLine().getSubcommands().keySet()) {
            run(command, "--help");
        }
        run("--help");
        run("--version");
        run("status", "--no-such-option");
    }

    /// A proxy of a cluster that cannot be asked, and a client that waits for it.
    private static void proxy(Path directory) throws IOException, InterruptedException {
        new LogSettings(LogFormat.TEXT, false, directory.resolve("howdah.log"), 64 << 20).apply();
        LoggerFactory.getLogger(StartupTraining.class).info("training");
        new DemoFiles(new DemoSettings(3, 6500, "embedded", directory)).complete();
        NodeConfigurationFile.read(directory.resolve("n1/howdah.yaml"));
        Path secrets = directory.resolve("n1/secrets");
        Files.writeString(
                directory.resolve("proxy.yaml"),
                """
                listen: 127.0.0.1:0
                auth: scram-sha-256
                lookup: {password-file: '%1$s/app-password'}
                tls: {mode: allow, certificate: '%1$s/node.crt', key: '%1$s/node.key'}
                cluster: {api: ['https://127.0.0.1:1'], credentials: '%2$s'}
                """
                        .formatted(secrets, directory.resolve("admin")));
        try (Proxy proxy =
                        ClusterProxy.start(
                                ProxyConfigurationFile.read(directory.resolve("proxy.yaml")),
                                () -> {});
                var client =
                        new Socket(InetAddress.getLoopbackAddress(), proxy.address().getPort())) {
            byte[] names = "user\0app\0database\0app\0\0".getBytes(StandardCharsets.US_ASCII);
            client.getOutputStream()
                    .write(
                            ByteBuffer.allocate(8 + names.length)
                                    .putInt(8 + names.length)
                                    .putInt(3 << 16)
                                    .put(names)
                                    .array());
            Thread.sleep(3 * ROUND_MILLIS);
        }
    }

    /// A node's configuration, its API and the commands that ask it.
    private static void commands(Path directory) {
        new DemoFiles(new DemoSettings(3, 6500, "embedded", directory)).complete();
        NodeConfiguration configuration =
                NodeConfigurationFile.read(directory.resolve("n1/howdah.yaml"));
        KeyFiles keys = Objects.requireNonNull(configuration.tls());
        try (var server =
                new ApiServer(
                        "127.0.0.1",
                        0,
                        new TrainingNode(configuration),
                        KeyMaterial.load(keys),
                        configuration.api())) {
            server.start();
            String api = "https://127.0.0.1:" + server.port();
            String who = directory.resolve("admin").toString();
            for (String command : List.of("status", "history", "switchover")) {
                run(command, "--api", api, "--credentials", who);
                run(command, "--api", api, "--credentials", who, "--json");
            }
        }
    }

    /// Nodes that agree with one another: all of a node but PostgreSQL and its agent. Two of three
    /// are a majority.
    private static void witnesses(Path directory) throws IOException, InterruptedException {
        int[] ports = {freePort(), freePort(), freePort(), freePort()};
        var cluster = new ClusterDirectory(directory);
        Instant now = Instant.now();
        CertificateAuthority authority = cluster.createAuthority(TRAINING, now);
        cluster.writeClient(authority, TRAINING, "trainer", Role.READ, cluster.admin(), SHORT, now);
        List<Path> files = List.of(cluster.node("w1"), cluster.node("w2"));
        for (Path file : files) {
            String name = file.getFileName().toString();
            cluster.writeNodeKeys(authority, TRAINING, name, "127.0.0.1", SHORT, now);
            Files.writeString(
                    file.resolve("howdah.yaml"),
                    """
                    cluster: training
                    node: %s
                    directory: '%s'
                    nodes:
                      w1: {host: 127.0.0.1, witness: true, api-port: %d, consensus-port: %d}
                      w2: {host: 127.0.0.1, witness: true, api-port: %d, consensus-port: %d}
                      n1: {host: 127.0.0.1, postgres-port: 1, api-port: 2, consensus-port: 3}
                    """
                                    .formatted(
                                            name,
                                            file.toString().replace("'", "''"),
                                            ports[0],
                                            ports[1],
                                            ports[2],
                                            ports[3])
                            + NodeKeysSection.tls("secrets", null));
        }
        try (Node _ = start(files.getFirst());
                Node _ = start(files.getLast())) {
            String api = "https://127.0.0.1:" + ports[0];
            String who = cluster.admin().toString();
            for (int i = 0; i < ROUNDS; i++) {
                run("status", "--api", api, "--credentials", who);
                run("history", "--api", api, "--credentials", who);
                Thread.sleep(ROUND_MILLIS);
            }
        }
    }

    private static Node start(Path directory) {
        return Node.start(
                NodeConfigurationFile.read(directory.resolve("howdah.yaml")),
                Version.number(),
                BesideCommands.NONE);
    }

    /// Below the range of outgoing connections (from 32768 on), any of which could take the port
    /// before the node does.
    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(10_000, 32_000);
            try (var _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException e) {
                // taken: try another
            }
        }
    }

    private static void run(String... arguments) {
        CommandLine command = Howdah.commandLineFor(arguments);
        command.setErr(new PrintWriter(Writer.nullWriter()));
        command.setOut(new PrintWriter(Writer.nullWriter()));
        command.execute(arguments);
    }

    private static void remove(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}

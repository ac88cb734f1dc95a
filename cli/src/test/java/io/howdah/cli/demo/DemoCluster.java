package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.cli.init.ClusterDirectory;
import io.howdah.cluster.deadman.SwitchFiles;
import io.howdah.node.api.ApiClient;
import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberStatus;
import io.howdah.node.authority.CertificateAuthority;
import io.howdah.node.authority.Credentials;
import io.howdah.node.authority.KeyFiles;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.beside.BesideFiles;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.postgres.DataDirectory;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.postgres.ServerProcesses;
import io.howdah.postgres.SocketDirectory;
import io.howdah.postgres.process.ProcessGrip;
import io.howdah.postgres.process.Signal;
import io.howdah.postgres.wire.ConnectionSettings;
import io.howdah.postgres.wire.PostgresConnection;
import io.howdah.postgres.wire.ServerAddress;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Three nodes, each a process of its own, that a test kills and starts again as it likes: nobody
/// else starts a killed node. For one thread.
final class DemoCluster {

    static final int NODES = 3;

    private static final int LOG_LINES = 25;

    private final DemoDirectory directory;
    private final DemoSettings settings;
    private final NodeLauncher launcher;
    private final ApiClient client;
    private final ClusterWatch watch;

    /// @param postgres `embedded` or a bin directory
    DemoCluster(String postgres) {
        this(new DemoOptions(NODES, FreePorts.block(50), postgres), ProgramUnderTest.launcher());
    }

    /// @param launcher what runs a node
    DemoCluster(String postgres, NodeLauncher launcher) {
        this(new DemoOptions(NODES, FreePorts.block(50), postgres), launcher);
    }

    /// Two nodes with PostgreSQL, n1 and n2, and the witness n3.
    static DemoCluster withWitness() {
        return new DemoCluster(
                new DemoOptions(NODES - 1, FreePorts.block(50), null, true, false),
                ProgramUnderTest.launcher());
    }

    /// Each node with a proxy. Others have none, as they would only cost time.
    static DemoCluster withProxies() {
        return new DemoCluster(
                new DemoOptions(NODES, FreePorts.block(50), "auto"),
                ProgramUnderTest.launcher(),
                true);
    }

    private DemoCluster(DemoOptions options, NodeLauncher launcher) {
        this(options, launcher, false);
    }

    private DemoCluster(DemoOptions options, NodeLauncher launcher, boolean proxies) {
        this.launcher = launcher;
        directory = DemoDirectory.at(reachableDirectory());
        settings = new DemoSetup(directory).open(options);
        if (!proxies) {
            configure(yaml -> yaml.replaceFirst("\\nproxy:\\n  listen: .*\\n", ""));
        }
        client = settings.client();
        watch = new ClusterWatch(client, NODES, this::logs);
    }

    /// JUnit's own temporary directories are closed to the user that runs PostgreSQL.
    static Path reachableDirectory() {
        try {
            Path folder = Files.createTempDirectory("howdah-demo-test");
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Where the demo is.
    Path path() {
        return directory.path();
    }

    DemoSettings settings() {
        return settings;
    }

    ApiClient client() {
        return client;
    }

    /// Appends to a node's howdah.yaml; it is read when the node starts.
    void configure(int node, String yaml) {
        try {
            Files.writeString(
                    settings.nodeDirectory(node).resolve("howdah.yaml"),
                    yaml,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Writes down a node that is not part of the demo: its howdah.yaml lists all the demo's and
    /// itself; nobody else's is touched.
    void introduce(int node, String more) {
        Path from = settings.nodeDirectory(NODES);
        Path to = settings.nodeDirectory(node);
        try {
            Files.createDirectories(to.resolve("secrets"));
            Files.setPosixFilePermissions(to, PosixFilePermissions.fromString("rwxr-xr-x"));
            var directory = new ClusterDirectory(settings.nodesDirectory());
            directory.writeNodeKeys(
                    directory.authority(),
                    "demo",
                    "n" + node,
                    "127.0.0.1",
                    CertificateAuthority.CERTIFICATE_LIFE,
                    Instant.now());
            try (Stream<Path> secrets = Files.list(from.resolve("secrets"))) {
                for (Path secret :
                        secrets.filter(file -> file.toString().endsWith("-password")).toList()) {
                    Files.copy(
                            secret,
                            to.resolve("secrets").resolve(secret.getFileName()),
                            StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            String yaml =
                    Files.readString(from.resolve("howdah.yaml"))
                            .replace("node: n" + NODES + "\n", "node: n" + node + "\n")
                            .replace(from.toString(), to.toString())
                            .replace(
                                    "nodes:\n",
                                    "nodes:\n  n%d: {host: 127.0.0.1, postgres-port: %d, api-port: %d, consensus-port: %d}\n"
                                            .formatted(
                                                    node,
                                                    settings.postgresPort(node),
                                                    settings.apiPort(node),
                                                    settings.consensusPort(node)));
            Files.writeString(to.resolve("howdah.yaml"), yaml + more);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Deletes all that a killed node has kept: its data and its part of consensus.
    void wipe(int node) {
        new DurableFiles(OperatingSystemUser.forPostgres())
                .deleteTree(settings.nodeDirectory(node).resolve("postgres"));
        new DurableFiles(OperatingSystemUser.ourselves())
                .deleteTree(settings.nodeDirectory(node).resolve("consensus"));
    }

    /// The superuser of a node's PostgreSQL, by its local socket.
    PostgresConnection superuser(int node) {
        Path run = settings.nodeDirectory(node).resolve("postgres").resolve("run");
        return PostgresConnection.open(
                ConnectionSettings.of(
                        new ServerAddress.UnixSocket(
                                SocketDirectory.prepare(run, OperatingSystemUser.forPostgres()),
                                settings.postgresPort(node)),
                        "postgres"));
    }

    /// The API of one node alone, of the demo or introduced.
    ApiClient client(int node) {
        return client.at(settings.apiUrl(node));
    }

    /// The API of one node, asked with the certificate of another.
    ApiClient clientAsNode(int who, int node) {
        Path yaml = settings.nodeDirectory(who).resolve("howdah.yaml");
        KeyFiles files = Objects.requireNonNull(NodeConfigurationFile.read(yaml).tls());
        return new ApiClient(
                List.of(URI.create(settings.apiUrl(node))),
                Credentials.of(KeyMaterial.load(files)));
    }

    /// Changes every node's `howdah.yaml`, before it is started.
    void configure(UnaryOperator<String> change) {
        for (int i = 1; i <= NODES; i++) {
            Path file = settings.nodeDirectory(i).resolve("howdah.yaml");
            try {
                Files.writeString(file, change.apply(Files.readString(file)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /// How long who leads is sure to lead. The default makes failovers fast; a test that wants none
    /// but its own, or an agent to be back in time, takes a longer one, however busy the machine
    /// is.
    ///
    /// @param lease as in howdah.yaml, as 12s; read when the nodes start
    void lease(String lease) {
        configure(yaml -> yaml + "lease: " + lease + "\n");
    }

    void startAll() {
        IntStream.rangeClosed(1, NODES).forEach(this::start);
    }

    void start(int node) {
        Process process =
                launcher.startNode(
                        settings.nodeDirectory(node).resolve("howdah.yaml"), logFile(node));
        ProcessMark mark = ProcessMark.of(process.pid()).orElseThrow();
        directory.update(demo -> demo.withProcess("n" + node, mark));
    }

    /// The process of the node's proxy; empty when none runs.
    OptionalLong proxyPid(int node) {
        return pid(BesideFiles.proxy(settings.nodeDirectory(node)));
    }

    private static OptionalLong pid(BesideFiles files) {
        return files.running().stream()
                .mapToLong(grip -> {
                    try (ProcessGrip running = grip) {
                        return running.pid();
                    }
                })
                .findFirst();
    }

    /// SIGKILL to the node's backup worker.
    void killWorker(int node) {
        kill(worker(node));
    }

    private List<ProcessHandle> worker(int node) {
        return pid(BesideFiles.backupWorker(settings.nodeDirectory(node))).stream()
                .mapToObj(pid -> ProcessHandle.of(pid).orElseThrow())
                .toList();
    }

    /// SIGKILL to the node's proxy.
    void killProxy(int node) {
        kill(List.of(ProcessHandle.of(proxyPid(node).orElseThrow()).orElseThrow()));
    }

    /// Whether the node's agent runs.
    boolean agentRuns(int node) {
        return !agent(node).isEmpty();
    }

    /// SIGKILL to the agent; its PostgreSQL runs on.
    void killAgent(int node) {
        kill(agent(node));
    }

    /// SIGSTOP to the agent: it hangs, with all that it holds.
    void suspendAgent(int node) {
        signalAgent(node, Signal.STOP);
    }

    /// SIGCONT to the agent.
    void resumeAgent(int node) {
        signalAgent(node, Signal.CONTINUE);
    }

    private void signalAgent(int node, Signal signal) {
        for (ProcessHandle process : agent(node)) {
            try (ProcessGrip grip = ProcessGrip.on(process.pid()).orElseThrow()) {
                assertThat(grip.signal(signal)).isTrue();
            }
        }
    }

    /// All processes of the node's PostgreSQL, whether its postmaster lives or not.
    List<Long> postgresProcesses(int node) {
        return new ServerProcesses(
                        new DataDirectory(dataDirectory(node), OperatingSystemUser.forPostgres()))
                .running();
    }

    /// The node's dead man's switch; empty when none runs. To be closed.
    Optional<ProcessGrip> deadMansSwitch(int node) {
        return new SwitchFiles(settings.nodeDirectory(node)).running();
    }

    /// Whether that process runs.
    boolean hasDeadMansSwitch(int node) {
        Optional<ProcessGrip> found = deadMansSwitch(node);
        found.ifPresent(ProcessGrip::close);
        return found.isPresent();
    }

    /// Ends the agent by that signal and starts it again, as systemd does when the service is
    /// restarted.
    void restartAgent(int node, String signal) throws IOException, InterruptedException {
        endAgent(node, signal);
        start(node);
    }

    /// Ends the agent by that signal.
    void endAgent(int node, String signal) throws IOException, InterruptedException {
        for (ProcessHandle process : agent(node)) {
            new ProcessBuilder("kill", "-s", signal.replaceFirst("^SIG", ""), "" + process.pid())
                    .inheritIO()
                    .start()
                    .waitFor();
            Await.until("end of " + process.pid(), () -> ProcessMark.of(process.pid()).isEmpty());
        }
    }

    /// The postmaster's process.
    long postmasterPid(int node) {
        return postmaster(node).getFirst().pid();
    }

    /// SIGKILL to the postmaster; its children are left to notice.
    void killPostmaster(int node) {
        kill(postmaster(node));
    }

    /// SIGKILL to the agent, the backup worker, the postmaster and all its children, as when a
    /// machine goes.
    void killHost(int node) {
        var all = new ArrayList<ProcessHandle>(agent(node));
        all.addAll(worker(node));
        for (ProcessHandle postmaster : postmaster(node)) {
            List<ProcessHandle> children = postmaster.descendants().toList();
            all.add(postmaster);
            all.addAll(children);
        }
        kill(all);
    }

    private static void kill(List<ProcessHandle> processes) {
        assertThat(processes).as("processes to kill").isNotEmpty();
        processes.forEach(ProcessHandle::destroyForcibly);
        for (ProcessHandle process : processes) {
            Await.until("end of " + process.pid(), () -> ProcessMark.of(process.pid()).isEmpty());
        }
    }

    private List<ProcessHandle> agent(int node) {
        return Stream.ofNullable(directory.read().processes().get("n" + node))
                .flatMap(mark -> mark.handle().stream())
                .toList();
    }

    private List<ProcessHandle> postmaster(int node) {
        return LeftoverPostgres.in(settings.nodeDirectory(node)).stream()
                .map(LeftoverPostgres::postmaster)
                .toList();
    }

    /// Suspends (SIGSTOP) the processes that send WAL from that node; only a SIGKILL reaches them.
    void suspendWalSenders(int node) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("kill", "-STOP"));
        for (ProcessHandle postmaster : postmaster(node)) {
            for (ProcessHandle child : postmaster.children().toList()) {
                if (title(child).contains("walsender")) {
                    command.add(Long.toString(child.pid()));
                }
            }
        }
        assertThat(command).as("WAL senders of n%d", node).hasSizeGreaterThan(2);
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    /// Suspends (SIGSTOP) the one that sends WAL from the first node to the second.
    void suspendWalSender(int from, int to) throws Exception {
        long pid;
        try (Connection connection = Writer.toNode(settings, from)) {
            pid =
                    Writer.number(
                            connection,
                            "select pid from pg_stat_get_activity(null) where application_name like 'n%d\\_%%'"
                                    .formatted(to));
        }
        Process stop = new ProcessBuilder("kill", "-STOP", Long.toString(pid)).inheritIO().start();
        assertThat(stop.waitFor()).isZero();
    }

    private static String title(ProcessHandle process) {
        try {
            return Files.readString(
                    Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return "";
        }
    }

    Path dataDirectory(int node) {
        return settings.nodeDirectory(node).resolve("postgres").resolve("data");
    }

    private Path logFile(int node) {
        return settings.nodeDirectory(node).resolve("howdah.log");
    }

    /// Everything that the node has logged.
    String log(int node) {
        try {
            return Files.exists(logFile(node)) ? Files.readString(logFile(node)) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Waits until a primary leads, all run, and the replicas are synchronous and on its timeline.
    ClusterStatus awaitWhole() {
        return watch.awaitWhole();
    }

    /// Waits until another node than `former` leads, in a later epoch, and runs.
    ClusterStatus awaitSuccessor(ClusterStatus former) {
        return watch.awaitSuccessor(former);
    }

    /// Waits until the cluster, asked through any node, is as told.
    ClusterStatus await(String what, Predicate<ClusterStatus> condition) {
        return watch.await(what, condition);
    }

    /// Waits until the cluster, asked through that client, is as told.
    ClusterStatus await(ApiClient through, String what, Predicate<ClusterStatus> condition) {
        return watch.await(through, what, condition);
    }

    /// The end of every node's log, for a failed test.
    String logs() {
        var text = new StringBuilder();
        for (int i = 1; i <= NODES; i++) {
            List<String> lines = log(i).lines().toList();
            text.append("--- n").append(i).append('\n');
            lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size())
                    .forEach(line -> text.append(line).append('\n'));
        }
        return text.toString();
    }

    static MemberStatus member(ClusterStatus cluster, String name) {
        return ClusterWatch.member(cluster, name);
    }

    /// The number of the node that leads.
    static int leader(ClusterStatus cluster) {
        return number(Objects.requireNonNull(cluster.leader()));
    }

    /// The numbers of those that do not lead.
    static List<Integer> others(ClusterStatus cluster) {
        return IntStream.rangeClosed(1, NODES).filter(i -> i != leader(cluster)).boxed().toList();
    }

    private static int number(String name) {
        return Integer.parseInt(name.substring(1));
    }

    /// Stops all processes; what they have written stays.
    void halt() throws InterruptedException {
        new DemoStop(directory, _ -> {}).stop();
    }

    void stop() throws InterruptedException {
        new DemoStop(directory, _ -> {}).stop();
        new DemoRemoval(directory).remove();
    }
}

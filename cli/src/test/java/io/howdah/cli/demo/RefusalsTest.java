package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.howdah.node.api.ClusterStatus;
import io.howdah.node.api.MemberState;
import io.howdah.node.api.MemberStatus;
import io.howdah.postgres.Installations;
import io.howdah.postgres.OperatingSystemUser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a node says to what it cannot work with, in a cluster of which it is a standby. Before each
/// test it is down; after each it comes back, with its data as it was.
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RefusalsTest {

    private static final long END_SECONDS = 60;

    @TempDir private Path folder;

    private @Nullable DemoCluster cluster;
    private int node;

    @BeforeAll
    void startCluster() {
        var fresh = new DemoCluster("embedded");
        cluster = fresh;
        fresh.startAll();
    }

    @AfterAll
    void stopCluster() throws InterruptedException {
        if (cluster != null) {
            cluster.stop();
        }
    }

    @BeforeEach
    void loseStandby() {
        node = DemoCluster.others(cluster().awaitWhole()).getLast();
        cluster().killHost(node);
    }

    @AfterEach
    void standbyReturns() {
        cluster().start(node);
        cluster().awaitWhole();
    }

    private DemoCluster cluster() {
        return Objects.requireNonNull(cluster);
    }

    private Path configuration() {
        return cluster().settings().nodeDirectory(node).resolve("howdah.yaml");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nodes:|nodes: [|howdah.yaml",
                "memory-share:|memory-shore:|did you mean",
                "cluster: demo|cluster:|cluster",
                "cluster: demo|cluster: other|other",
                "api-port: |api-port: none|api-port"
            })
    void damagedConfigurationIsRefused(String text, String damaged, String fact) throws Exception {
        Path changed = folder.resolve("howdah.yaml");
        Files.writeString(changed, Files.readString(configuration()).replace(text, damaged));
        List<String> before = listing();

        assertThat(refusal(changed)).contains(fact);

        assertThat(listing()).isEqualTo(before);
    }

    @Test
    void missingConfigurationIsRefused() throws Exception {
        assertThat(refusal(folder.resolve("nothing.yaml"))).contains("nothing.yaml");
    }

    @Test
    void apiPortInUseIsRefused() throws Exception {
        portInUseIsRefused(cluster().settings().apiPort(node));
    }

    @Test
    void consensusPortInUseIsRefused() throws Exception {
        portInUseIsRefused(cluster().settings().consensusPort(node));
    }

    private void portInUseIsRefused(int port) throws Exception {
        try (var _ = occupied(port)) {
            assertThat(refusal(configuration()))
                    .contains(Integer.toString(port))
                    .contains("in use");
        }
    }

    @Test
    void postgresPortInUseIsShown() throws Exception {
        int port = cluster().settings().postgresPort(node);
        try (var _ = occupied(port)) {
            assertThat(noteOfStartedNode("port " + port, MemberState.STARTING)).contains("HINT: ");
        }
    }

    @Test
    void dataOfAnotherClusterIsLeftAlone() throws Exception {
        Path data = cluster().dataDirectory(node);
        Path aside = data.resolveSibling("aside");
        Files.move(data, aside);
        try {
            initialise(data);
            isLeftAlone("another cluster");
        } finally {
            Files.move(data, data.resolveSibling("foreign"));
            Files.move(aside, data);
        }
    }

    @Test
    void dataOfAnotherVersionIsLeftAlone() throws Exception {
        Path version = cluster().dataDirectory(node).resolve("PG_VERSION");
        String right = Files.readString(version);
        Files.writeString(version, "14\n");
        try {
            isLeftAlone("is of PostgreSQL 14");
        } finally {
            Files.writeString(version, right);
        }
    }

    private void isLeftAlone(String fact) throws Exception {
        List<String> before = listing();
        assertThat(noteOfStartedNode(fact, MemberState.STOPPED)).contains("HINT: ");
        assertThat(listing()).isEqualTo(before);
    }

    /// Starts the node, waits until the status says that of it, and ends it again.
    private String noteOfStartedNode(String part, MemberState state) {
        cluster().start(node);
        try {
            MemberStatus member = awaitNote(part);
            assertThat(member.state()).isEqualTo(state);
            return Objects.requireNonNull(member.note());
        } finally {
            cluster().killAgent(node);
        }
    }

    private MemberStatus awaitNote(String part) {
        ClusterStatus status =
                cluster()
                        .await(
                                "n" + node + " says: " + part,
                                seen ->
                                        Objects.requireNonNullElse(
                                                        DemoCluster.member(seen, "n" + node).note(),
                                                        "")
                                                .contains(part));
        assertThat(status.leader()).isNotNull();
        return DemoCluster.member(status, "n" + node);
    }

    private static ServerSocket occupied(int port) throws IOException {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    /// What `howdah node` says on standard error when it ends by itself: one fact and one hint.
    private String refusal(Path configuration) throws Exception {
        var command = new ArrayList<>(ProgramUnderTest.launcher().nodeCommand());
        command.addAll(List.of("node", "--config", configuration.toString()));
        Path errors = folder.resolve("errors");
        Path output = folder.resolve("output");
        Process process =
                new ProcessBuilder(command)
                        .redirectError(errors.toFile())
                        .redirectOutput(output.toFile())
                        .start();
        boolean ended = process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly().waitFor();
        String said = Files.readString(errors);
        assertThat(ended).as("ended; said: %s%s", said, Files.readString(output)).isTrue();
        assertThat(process.exitValue()).isNotZero();
        assertThat(said).containsOnlyOnce("HINT: ").doesNotContain("\tat ").doesNotContain("bug");
        assertThat(Files.readString(output)).doesNotContain("\tat ");
        return said;
    }

    /// Every file of the node's data with its size and the time of its last change.
    private List<String> listing() throws IOException {
        try (Stream<Path> files = Files.walk(cluster().dataDirectory(node))) {
            return files.sorted().map(RefusalsTest::described).toList();
        }
    }

    private static String described(Path file) {
        try {
            return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void initialise(Path data) throws IOException, InterruptedException {
        OperatingSystemUser owner = OperatingSystemUser.forPostgres();
        Path initdb = new Installations(owner).embedded().requireTool("initdb");
        Files.createDirectory(
                data,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        owner.own(data);
        List<String> command =
                List.of(initdb.toString(), "--pgdata=" + data, "--no-sync", "--auth=reject");
        Process process =
                new ProcessBuilder(owner.command(command))
                        .directory(Path.of("/").toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        assertThat(process.waitFor()).isZero();
    }
}

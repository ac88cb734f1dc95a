package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.screen.CommandFailure;
import io.howdah.node.authority.KeyMaterial;
import io.howdah.node.configuration.NodeConfiguration;
import io.howdah.node.configuration.NodeConfigurationFile;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoSetupTest {

    @TempDir private Path folder;

    private DemoDirectory directory = DemoDirectory.at(Path.of(""));
    private NodesPlace place = new NodesPlace(_ -> true, Path.of("/"));
    private int basePort;

    @BeforeEach
    void choose() throws IOException {
        directory = DemoDirectory.at(folder.resolve("demo"));
        place = new NodesPlace(_ -> true, folder.resolve("elsewhere"));
        basePort = FreePorts.block(50);
    }

    private DemoSettings open(@Nullable Integer nodes, @Nullable Integer port) {
        return new DemoSetup(directory, place).open(new DemoOptions(nodes, port, "embedded"));
    }

    @Test
    void newDemoHasEverythingThatItsNodesNeed() throws IOException {
        DemoSettings settings = open(3, basePort);

        for (int i = 1; i <= 3; i++) {
            NodeConfiguration node =
                    NodeConfigurationFile.read(settings.nodeDirectory(i).resolve("howdah.yaml"));
            assertThat(node.node()).isEqualTo("n" + i);
            assertThat(node.nodes()).hasSize(3);
            assertThat(node.self().apiPort()).isEqualTo(basePort + 30 + i);
            assertThat(node.directory()).isEqualTo(settings.nodeDirectory(i));
            assertThat(Objects.requireNonNull(node.proxy()).listen().getPort())
                    .isEqualTo(basePort + i);
        }
        Path secrets = settings.nodeDirectory(1).resolve("secrets");
        try (Stream<Path> files = Files.list(secrets)) {
            assertThat(files.filter(file -> !file.toString().endsWith(".crt")))
                    .hasSize(4)
                    .allSatisfy(file ->
                            assertThat(
                                            PosixFilePermissions.toString(
                                                    Files.getPosixFilePermissions(file)))
                                    .isEqualTo("rw-------"));
        }
        assertThat(Files.readString(secrets.resolve("app-password"))).isEqualTo("app\n");
        assertThat(secrets.resolve("rewind-password"))
                .hasSameTextualContentAs(
                        settings.nodeDirectory(3).resolve("secrets/rewind-password"));
    }

    @Test
    void demoMadeBeforeThereWereProxiesGoesOnWithoutThem() throws IOException {
        DemoSettings settings = open(2, basePort);
        for (int i = 1; i <= 2; i++) {
            Path yaml = settings.configuration(i);
            Files.writeString(
                    yaml, Files.readString(yaml).replaceFirst("\\nproxy:\\n  listen: .*\\n", ""));
        }

        DemoSettings again = open(2, basePort);

        assertThat(NodeConfigurationFile.read(again.configuration(1)).proxy()).isNull();
        assertThat(again.connectionUrl()).isEqualTo(again.directUrl());
        assertThat(again.ports()).noneMatch(port -> port.use().equals("proxy"));
    }

    @Test
    void demoMadeBeforeThereWereKeysGetsThem() throws IOException {
        DemoSettings settings = open(2, basePort);
        String before = "";
        for (int i = 1; i <= 2; i++) {
            Path yaml = settings.nodeDirectory(i).resolve("howdah.yaml");
            String text = Files.readString(yaml);
            before = text.substring(0, text.indexOf("\ntls:"));
            Files.writeString(yaml, before);
            for (String name : List.of("node.key", "node.crt", "authority.crt")) {
                Files.delete(settings.nodeDirectory(i).resolve("secrets").resolve(name));
            }
        }
        for (String name : List.of("authority/authority.key", "admin/client.crt")) {
            Files.delete(settings.nodesDirectory().resolve(name));
        }

        open(2, basePort);

        Path yaml = settings.nodeDirectory(2).resolve("howdah.yaml");
        assertThat(Files.readString(yaml)).startsWith(before.stripTrailing());
        NodeConfiguration node = NodeConfigurationFile.read(yaml);
        assertThat(KeyMaterial.load(Objects.requireNonNull(node.tls())).identity().name())
                .isEqualTo("n2");
        assertThat(settings.credentials().present()).isTrue();
    }

    @Test
    void secondStartLeavesEverythingAsItWas() throws IOException {
        DemoSettings first = open(2, basePort);
        Path password = first.nodeDirectory(1).resolve("secrets/replication-password");
        String before = Files.readString(password);
        Files.delete(first.nodeDirectory(2).resolve("secrets/replication-password"));

        DemoSettings second = open(null, null);

        assertThat(second).isEqualTo(first);
        assertThat(password).hasContent(before.strip());
        assertThat(first.nodeDirectory(2).resolve("secrets/replication-password"))
                .hasContent(before.strip());
    }

    @Test
    void optionsThatContradictTheDemoAreRefused() {
        open(2, basePort);

        assertThatThrownBy(() -> open(3, null))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("--nodes 2, not 3")
                .hasMessageContaining("HINT: ");
    }

    @Test
    void directoryWithSomethingElseInItIsRefusedAndLeftAlone() throws IOException {
        Files.createDirectories(directory.path());
        Files.writeString(directory.path().resolve("thesis.txt"), "years of work");

        assertThatThrownBy(() -> open(3, basePort))
                .hasMessageContaining("is not empty, and no demo");
        try (Stream<Path> files = Files.list(directory.path())) {
            assertThat(files).hasSize(1);
        }
    }

    @Test
    void portInUseIsNamedBeforeAnythingIsCreated() throws IOException {
        try (var taken = new ServerSocket(basePort + 32, 1, InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> open(3, basePort))
                    .hasMessageContaining("port " + taken.getLocalPort() + " is in use")
                    .hasMessageContaining("the API of n2")
                    .hasMessageContaining("--base-port");
        }
        assertThat(directory.path()).doesNotExist();
    }

    @Test
    void demoThatRunsIsNotStartedTwice() {
        open(2, basePort);

        try (var _ = directory.lock().acquire().orElseThrow()) {
            assertThatThrownBy(() -> open(null, null)).hasMessageContaining("already runs in");
        }
    }

    @Test
    void damagedDemoFileIsRefusedInWords() throws IOException {
        Files.createDirectories(directory.path());
        Files.writeString(directory.path().resolve("demo.json"), "{\"demo\":");

        assertThatThrownBy(() -> open(null, null))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("demo.json is damaged");
    }

    @Test
    void nodesThatPostgresCouldNotReachLieElsewhere() {
        place = new NodesPlace(_ -> false, folder.resolve("elsewhere"));

        DemoSettings settings = open(1, basePort);

        assertThat(settings.nodesDirectory().getParent()).isEqualTo(folder.resolve("elsewhere"));
        assertThat(settings.nodesDirectory().getFileName().toString()).matches("demo-[0-9a-f]{8}");
        assertThat(settings.nodeDirectory(1).resolve("howdah.yaml")).exists();
        assertThat(directory.requireSettings()).isEqualTo(settings);
    }

    @Test
    void removalTakesTheDemoAndNothingElse() throws IOException {
        place = new NodesPlace(_ -> false, folder.resolve("elsewhere"));
        DemoSettings settings = open(2, basePort);
        Path outside = Files.writeString(folder.resolve("outside"), "kept");
        Files.createSymbolicLink(settings.nodeDirectory(1).resolve("link"), outside);
        Path note = Files.writeString(directory.path().resolve("note.txt"), "mine");

        var left = new DemoRemoval(directory, place).remove();

        assertThat(left).containsExactly(note);
        assertThat(settings.nodesDirectory()).doesNotExist();
        assertThat(outside).exists();
        assertThatThrownBy(() -> new DemoRemoval(directory, place).remove())
                .hasMessageContaining("there is no demo");
    }

    @Test
    void removalRefusesAPlaceThatTheDemoCannotHaveMade() {
        directory.write(
                DemoRecord.of(
                        new DemoSettings(1, basePort, "embedded", folder.resolve("precious"))));

        assertThatThrownBy(() -> new DemoRemoval(directory, place).remove())
                .hasMessageContaining("cannot have made");
    }
}

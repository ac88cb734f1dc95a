package io.howdah.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.howdah.cli.host.Disk;
import io.howdah.cli.host.VirtualNetwork;
import io.howdah.cli.screen.CommandFailure;
import io.howdah.postgres.DurableFiles;
import io.howdah.postgres.OperatingSystemUser;
import io.howdah.testing.Await;
import io.howdah.testing.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The hosts of a demo are there from its start to its stop, and nothing of them is left.
class DemoHostsTest {

    private final Path folder = DemoCluster.reachableDirectory();
    private final DemoDirectory directory = DemoDirectory.at(folder.resolve("demo"));
    private final List<Process> residents = new ArrayList<>();

    @BeforeEach
    void skipWhereImpossible() {
        VirtualNetwork.obstacle()
                .or(Disk::obstacle)
                .ifPresent(why -> {
                    System.out.println("SKIPPED: hosts of a demo's own are not tested: " + why);
                    Assumptions.abort(why);
                });
    }

    @AfterEach
    void remove() throws InterruptedException {
        if (directory.exists()) {
            new DemoStop(directory, _ -> {}).stop();
        }
        residents.forEach(Process::destroyForcibly);
        new DurableFiles(OperatingSystemUser.ourselves()).deleteTree(folder);
    }

    private DemoSettings open(boolean hosts) {
        return new DemoSetup(directory)
                .open(new DemoOptions(null, FreePorts.block(50), "embedded", false, hosts));
    }

    private DemoSettings openAgain() {
        return new DemoSetup(directory).open(new DemoOptions(null, null, null));
    }

    private static DemoHosts hosts(DemoSettings settings) {
        return settings.hosts().orElseThrow();
    }

    /// A program of node 1 that nobody ends.
    private Process resident(DemoSettings settings) throws IOException {
        var command = new ArrayList<>(hosts(settings).command(1));
        command.addAll(List.of("sleep", "600"));
        Process process =
                new ProcessBuilder(command).directory(settings.nodeDirectory(1).toFile()).start();
        residents.add(process);
        return process;
    }

    private static Stream<String> left(String what) throws IOException {
        try (Stream<Path> all = Files.list(Path.of(what))) {
            return all.map(path -> path.getFileName().toString()).toList().stream();
        }
    }

    @Test
    void everyNodeHasAnAddressAndADiskUntilTheDemoIsStopped() throws Exception {
        DemoSettings settings = open(true);

        assertThat(Files.readString(settings.nodeDirectory(2).resolve("howdah.yaml")))
                .contains("n2: {host: " + settings.address(2) + ", ")
                .contains("host all all " + settings.network() + "0/24 scram-sha-256")
                .doesNotContain("127.0.0.1");
        for (int i = 1; i <= settings.nodes(); i++) {
            assertThat(hosts(settings).disk(i).isMounted()).isTrue();
        }

        new DemoStop(directory, _ -> {}).stop();

        assertThat(hosts(settings).disk(1).isMounted()).isFalse();
        assertThat(settings.nodeDirectory(1)).isEmptyDirectory();

        assertThat(openAgain()).isEqualTo(settings);
        assertThat(settings.nodeDirectory(1).resolve("howdah.yaml")).exists();

        new DemoStop(directory, _ -> {}).stop();
        assertThat(new DemoRemoval(directory).remove()).isEmpty();
        assertThat(directory.path()).doesNotExist();
    }

    @Test
    void hostsThatAKilledDemoLeftAreGoneOnWithAndTakenDown() throws Exception {
        DemoSettings settings = open(true);
        Process resident = resident(settings);
        hosts(settings).disk(3).fill();

        openAgain();

        assertThat(resident.isAlive()).as("what runs on a host goes on").isTrue();
        Path note = Files.writeString(settings.nodeDirectory(3).resolve("note"), "there is space");
        assertThat(note).isNotEmptyFile();

        new DemoStop(directory, _ -> {}).stop();

        Await.until("what ran on a host has ended", () -> !resident.isAlive());
        assertThat(hosts(settings).disk(1).isMounted()).isFalse();
        assertThat(left("/sys/class/net")).doesNotContain(device(settings));
    }

    private static String device(DemoSettings settings) {
        return "hwdemo%08x".formatted(settings.nodesDirectory().toString().hashCode());
    }

    @Test
    void demoThatWasMadeWithoutHostsGetsNone() {
        open(false);

        assertThatThrownBy(() ->
                        new DemoSetup(directory)
                                .open(new DemoOptions(null, null, null, false, true)))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("was made without --hosts")
                .hasMessageContaining("HINT: ");
    }
}
